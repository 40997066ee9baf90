#include "store/open.hpp"

#include <optional>

#include "store/checksum.hpp"
#include "store/connection.hpp"
#include "store/guarded_vfs.hpp"
#include "store/log_check.hpp"
#include "store/page.hpp"
#include "store/private_files.hpp"
#include "store/wiped_memory.hpp"

namespace taut::store {

namespace fs = std::filesystem;

namespace {

/// The header of the file, file format §1.3.
constexpr std::size_t kHeaderReadBytes = 100;
constexpr std::string_view kFileMagic{"SQLite format 3\0", 16};
constexpr std::size_t kUserVersionAt = 60;
constexpr std::size_t kApplicationIdAt = 68;

/// Every connection. What cannot be set is not worth to go on without.
constexpr const char* kSettings =
    "PRAGMA foreign_keys = ON;"
    "PRAGMA secure_delete = ON;"
    "PRAGMA temp_store = MEMORY;"  // nothing in files that we do not know of
    "PRAGMA cell_size_check = ON;"
    "PRAGMA trusted_schema = OFF;"
    // clear_gap counts on page numbers under 2^24.
    "PRAGMA max_page_count = 16777215;";

fs::path beside(const fs::path& file, const char* suffix) { return file.string() + suffix; }

Failure refusal(Reason reason, std::string text, std::string next) {
  return Failure{{Errc::unavailable, reason}, std::move(text), std::move(next)};
}

class Opening {
 public:
  Opening(const fs::path& file, const Schema& schema, const Options& options)
      : file_(file), schema_(schema), options_(options), connection_(std::make_unique<Connection>(file)) {}

  Opened<Database> run() {
    if (auto ready = check_files(); !ready) return std::unexpected(std::move(ready).error());
    if (auto ready = connect(); !ready) return std::unexpected(std::move(ready).error());
    if (auto ready = check_header(); !ready) return std::unexpected(std::move(ready).error());
    if (check_log(beside(file_, "-wal")) == LogState::damaged) return std::unexpected(damaged_log());
    if (auto ready = prepare(); !ready) return std::unexpected(std::move(ready).error());
    return Database(std::move(connection_));
  }

 private:
  Opened<void> check_files() const {
    for (const char* suffix : {"-wal", "-shm", "-journal"}) {
      if (auto sound = check_private_file(beside(file_, suffix)); !sound) return sound;
    }
    return ensure_private_file(file_);
  }

  Opened<void> connect() {
    wipe_sqlite_memory();
    register_guarded_vfs();
    constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    if (const int code = sqlite3_open_v2(file_.c_str(), &connection_->handle, kFlags, kGuardedVfs);
        code != SQLITE_OK)
      return said(code);
    sqlite3* const handle = connection_->handle;
    if (sqlite3_db_readonly(handle, "main") != 0) return said(SQLITE_READONLY);
    connection_->busy_wait_ms = static_cast<int>(options_.busy_wait.count());
    sqlite3_busy_timeout(handle, connection_->busy_wait_ms);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    // Until it is known to be ours, not even closing writes.
    sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    return {};
  }

  /// Before SQLite looks at the file: reading a database with a log already writes beside it.
  Opened<void> check_header() {
    sqlite3_file* raw = nullptr;
    sqlite3_file_control(connection_->handle, "main", SQLITE_FCNTL_FILE_POINTER, &raw);
    sqlite3_int64 size = 0;
    std::array<Byte, kHeaderReadBytes> header{};
    if (const int code = raw->pMethods->xFileSize(raw, &size); code != SQLITE_OK) return said(code);
    // A journal is there after a crash in the very first transaction; SQLite then undoes it.
    if (size == 0 || fs::exists(beside(file_, "-journal"))) return {};
    const int code = raw->pMethods->xRead(raw, header.data(), kHeaderReadBytes, 0);
    if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ) return said(code);
    if (code != SQLITE_OK || !equal(ByteView(header).first(kFileMagic.size()), as_bytes(kFileMagic)))
      return said(SQLITE_NOTADB);
    const auto field = [&](std::size_t at) {
      return load_u32(ByteView(header).subspan(at, 4), std::endian::big);
    };
    return check_purpose(field(kApplicationIdAt), field(kUserVersionAt));
  }

  Opened<void> check_purpose(std::uint32_t application_id, std::uint32_t version) const {
    if (application_id != schema_.application_id) {
      return std::unexpected(refusal(reasons::kForeignFile, file_.string() + " belongs to another program",
                                     "move it away, or use another folder (TAUT_HOME)"));
    }
    if (version > schema_.migrations.size()) {
      return std::unexpected(refusal(reasons::kNewerSchema,
                                     file_.string() + " was written by a later taut (tables of version " +
                                         std::to_string(version) + ", this one knows " +
                                         std::to_string(schema_.migrations.size()) + ")",
                                     "use the later taut; nothing has been changed"));
    }
    return {};
  }

  Failure damaged_log() const {
    return refusal(
        reasons::kDamaged,
        beside(file_, "-wal").string() + " is damaged, and newer transactions lie behind the damage",
        "keep a copy, check the disk, and move the damaged files away to begin anew");
  }

  Opened<void> prepare() {
    if (auto done = execute(kSettings); !done) return done;
    if (auto done = execute("PRAGMA cache_size = -" + std::to_string(options_.cache_bytes_max / 1024)); !done)
      return done;
    if (auto done = is_empty() ? create() : Opened<void>{}; !done) return done;
    if (auto done = execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL"); !done) return done;
    if (auto done = migrate(); !done) return done;
    sqlite3_db_config(connection_->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
    if (options_.checkpoints == Checkpoints::by_owner) connection_->count_log_pages();
    // What a failed sync has left in the log is written anew before anything is built upon it.
    const Status truncated = connection_->truncate_log();
    if (!truncated && truncated.error().reason != reasons::kBusy) return std::unexpected(connection_->last);
    return {};
  }

  bool is_empty() {
    const auto pages = number("PRAGMA page_count");
    return pages && *pages == 0;
  }

  /// With a rollback journal, so that the header tells from the first moment whose file it is.
  Opened<void> create() {
    int reserved = kReservedBytes;
    sqlite3_file_control(connection_->handle, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved);
    static_assert(kPageBytes == 4096);
    return execute(
        "PRAGMA page_size = 4096; PRAGMA synchronous = EXTRA;"
        "BEGIN; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA application_id = " +
        std::to_string(schema_.application_id) + "; COMMIT");
  }

  Opened<void> migrate() {
    const auto version = number("PRAGMA user_version");
    if (!version) return std::unexpected(connection_->last);
    if (auto known = check_purpose(schema_.application_id, static_cast<std::uint32_t>(*version)); !known)
      return known;
    const auto missing = schema_.migrations.subspan(static_cast<std::size_t>(*version));
    if (missing.empty()) return {};
    if (auto begun = execute("BEGIN IMMEDIATE"); !begun) return begun;
    for (const char* const migration : missing) {
      if (auto done = execute(migration); !done) return done;
    }
    return execute("PRAGMA user_version = " + std::to_string(schema_.migrations.size()) + "; COMMIT");
  }

  Opened<void> execute(const std::string& sql) {
    const int code = sqlite3_exec(connection_->handle, sql.c_str(), nullptr, nullptr, nullptr);
    return code == SQLITE_OK ? Opened<void>{} : said(code);
  }

  std::optional<std::int64_t> number(const char* sql) {
    std::optional<std::int64_t> out;
    const auto keep = [](void* to, int, char** values, char**) {
      *static_cast<std::optional<std::int64_t>*>(to) = std::strtoll(values[0], nullptr, 10);
      return 0;
    };
    const int code = sqlite3_exec(connection_->handle, sql, keep, &out, nullptr);
    if (code != SQLITE_OK) connection_->note(code);
    return out;
  }

  Opened<void> said(int code) {
    connection_->note(code);
    return std::unexpected(connection_->last);
  }

  const fs::path& file_;
  const Schema& schema_;
  const Options& options_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace

Opened<Database> open(const fs::path& file, const Schema& schema, const Options& options) {
  const fs::path whole = fs::absolute(file).lexically_normal();
  if (auto ready = ensure_private_folder(whole.parent_path()); !ready)
    return std::unexpected(std::move(ready).error());
  // One process at a time: what one makes or mends, the next finds whole.
  auto lock = FileLock::take_folder(whole.parent_path(), options.busy_wait);
  if (!lock) return std::unexpected(std::move(lock).error());
  return Opening(whole, schema, options).run();
}

}  // namespace taut::store
