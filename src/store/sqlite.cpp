#include "store/sqlite.hpp"

#include "store/connection.hpp"

namespace taut::store {

Query::~Query() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  // A second one at work with the same text was prepared beside the first, and is not kept.
  sqlite3_stmt*& kept = connection_->prepared[sql_];
  if (kept == nullptr)
    kept = statement_;
  else
    sqlite3_finalize(statement_);
}

Result<bool> Query::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return std::unexpected(connection_->note(code));
}

bool Query::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
std::int64_t Query::i64(int column) const { return sqlite3_column_int64(statement_, column); }
ByteView Query::bytes(int column) const {
  const void* at = sqlite3_column_blob(statement_, column);
  return {static_cast<const Byte*>(at), static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

namespace {
sqlite3_destructor_type keeper(bool copied) { return copied ? SQLITE_TRANSIENT : SQLITE_STATIC; }
}  // namespace

// Binding fails for want of memory only, and then step() fails too: the value stays null, NOT NULL holds.
void Query::bind(int at, std::int64_t value, Lifetime) { sqlite3_bind_int64(statement_, at, value); }
void Query::bind(int at, ByteView value, Lifetime lifetime) {
  // An empty view may have no address, which would bind null.
  const void* from = value.empty() ? "" : static_cast<const void*>(value.data());
  sqlite3_bind_blob64(statement_, at, from, value.size(), keeper(lifetime == Lifetime::copied));
}
void Query::bind(int at, std::string_view value, Lifetime lifetime) {
  const char* from = value.empty() ? "" : value.data();
  sqlite3_bind_text64(statement_, at, from, value.size(), keeper(lifetime == Lifetime::copied), SQLITE_UTF8);
}
void Query::bind(int at, std::nullptr_t, Lifetime) { sqlite3_bind_null(statement_, at); }

Error Query::wrong_size() { return Error{Errc::unavailable, reasons::kDamaged}; }

Database::Database(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

Result<Query> Database::prepare(const char* sql) {
  if (connection_->stopped) return fail(Errc::unavailable, reasons::kStopped);
  sqlite3_stmt* statement = std::exchange(connection_->prepared[sql], nullptr);
  if (statement != nullptr) return Query(*connection_, sql, statement);
  const int code =
      sqlite3_prepare_v3(connection_->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return std::unexpected(connection_->note(code));
  return Query(*connection_, sql, statement);
}

Status Database::finish(Query& query) {
  for (;;) {
    TAUT_TRY(const bool row, query.step());
    if (!row) return {};
  }
}

Status Database::overwrite(Sql table, Sql column, std::int64_t row, std::size_t offset, ByteView bytes) {
  if (connection_->stopped) return fail(Errc::unavailable, reasons::kStopped);
  sqlite3_blob* blob = nullptr;
  int code = sqlite3_blob_open(connection_->handle, "main", table.text(), column.text(), row, 1, &blob);
  if (code == SQLITE_OK)
    code = sqlite3_blob_write(blob, bytes.data(), static_cast<int>(bytes.size()), static_cast<int>(offset));
  const Status done = code == SQLITE_OK ? Status{} : std::unexpected(connection_->note(code));
  sqlite3_blob_close(blob);
  return done;
}

std::uint64_t Database::changed_rows() const {
  return static_cast<std::uint64_t>(sqlite3_changes64(connection_->handle));
}
std::int64_t Database::last_row() const { return sqlite3_last_insert_rowid(connection_->handle); }

Status Database::truncate_log() { return connection_->truncate_log(); }
Status Database::shorten_log() {
  constexpr int kPagesMax = 4096;
  if (connection_->stopped || connection_->log_pages < kPagesMax) return {};
  connection_->log_pages = 0;
  const int code =
      sqlite3_wal_checkpoint_v2(connection_->handle, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if (code == SQLITE_OK || code == SQLITE_BUSY) return {};
  return std::unexpected(connection_->note(code));
}

Result<std::uint64_t> Database::free_pages() {
  TAUT_TRY(Query query, prepare("PRAGMA freelist_count"));
  TAUT_CHECK(query.step());
  return query.u64(0);
}

Status Database::shrink() { return run("PRAGMA incremental_vacuum(256)"); }

Status Database::check() {
  TAUT_TRY(Query query, prepare("PRAGMA integrity_check(1)"));
  TAUT_TRY(const bool row, query.step());
  if (row && query.text(0) == "ok") return {};
  connection_->last = explain(SQLITE_CORRUPT, connection_->path, std::string(row ? query.text(0) : ""));
  return std::unexpected(connection_->last.error);
}

bool Database::is_in_transaction() const { return sqlite3_get_autocommit(connection_->handle) == 0; }
bool Database::is_stopped() const { return connection_->stopped; }
const Failure& Database::failure() const { return connection_->last; }

Result<Transaction> Transaction::to_write(Database& database) {
  TAUT_CHECK(database.run("BEGIN IMMEDIATE"));
  return Transaction(database);
}

Result<Transaction> Transaction::to_read(Database& database) {
  TAUT_CHECK(database.run("BEGIN"));
  return Transaction(database);
}

Transaction::~Transaction() {
  if (database_ == nullptr) return;
  // Not by run(): a stopped database must let go of its locks too.
  sqlite3_exec(database_->connection_->handle, "ROLLBACK", nullptr, nullptr, nullptr);
}

Status Transaction::commit() {
  const Status done = database_->run("COMMIT");
  if (!done) {
    database_->connection_->stopped = true;
    return done;
  }
  database_ = nullptr;
  return {};
}

}  // namespace taut::store
