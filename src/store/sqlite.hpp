#pragma once
// Our own thin layer over SQLite: a connection, a statement at work, a transaction. One thread at a time
// may use a connection and what came from it.

#include <chrono>
#include <concepts>
#include <memory>
#include <utility>

#include "base/bytes.hpp"
#include "base/result.hpp"

struct sqlite3_stmt;

namespace taut::store {

struct Connection;
struct Failure;

/// SQL that is part of the program. A literal, so its address names it among the prepared statements.
class Sql {
 public:
  consteval Sql(const char* text) : text_(text) {}  // NOLINT: a literal may stand where Sql is asked for
  const char* text() const { return text_; }

 private:
  const char* text_;
};

/// A statement with its values. Prepared once for a connection, and given back when this goes.
class Query {
 public:
  Query(Query&& other) noexcept
      : connection_(other.connection_),
        sql_(other.sql_),
        statement_(std::exchange(other.statement_, nullptr)) {}
  Query& operator=(Query&&) = delete;
  ~Query();

  /// True: a row is there; false: no more.
  Result<bool> step();

  bool is_null(int column) const;
  std::int64_t i64(int column) const;
  std::uint64_t u64(int column) const { return static_cast<std::uint64_t>(i64(column)); }
  std::uint32_t u32(int column) const { return static_cast<std::uint32_t>(i64(column)); }
  /// Views last until the next step.
  ByteView bytes(int column) const;
  std::string_view text(int column) const { return as_text(bytes(column)); }
  /// A value of fixed size.
  /// @errors damaged: another size
  template <class Value>
  Result<Value> value(int column) const {
    if (bytes(column).size() != Value::size_bytes) return std::unexpected(wrong_size());
    return Value(bytes(column).template first<Value::size_bytes>());
  }

 private:
  friend class Database;
  enum class Lifetime : std::uint8_t { copied, borrowed };

  Query(Connection& connection, const char* sql, sqlite3_stmt* statement)
      : connection_(&connection), sql_(sql), statement_(statement) {}

  /// Values are numbered from 1. Integers wrap: what is compared or sorted stays under 2^63.
  void bind(int at, std::int64_t value, Lifetime);
  void bind(int at, ByteView value, Lifetime lifetime);
  void bind(int at, std::string_view value, Lifetime lifetime);
  void bind(int at, std::nullptr_t, Lifetime);
  template <class Value>
  void bind_any(int at, const Value& value, Lifetime lifetime) {
    if constexpr (std::integral<Value>)
      bind(at, static_cast<std::int64_t>(value), lifetime);
    else if constexpr (requires {
                         value.has_value();
                         *value;
                       })
      value.has_value() ? bind_any(at, *value, lifetime) : bind(at, nullptr, lifetime);
    else if constexpr (requires { value.view(); })
      bind(at, ByteView(value.view()), lifetime);
    else if constexpr (requires { value.expose(); })
      bind(at, ByteView(value.expose()), lifetime);
    else if constexpr (std::convertible_to<const Value&, std::string_view>)
      bind(at, std::string_view(value), lifetime);
    else
      bind(at, value, lifetime);
  }
  static Error wrong_size();

  Connection* connection_;
  const char* sql_;
  sqlite3_stmt* statement_;
};

class Database {
 public:
  explicit Database(std::unique_ptr<Connection> connection);
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  /// Rows to read. The values are copied.
  template <class... Values>
  Result<Query> query(Sql sql, const Values&... values) {
    return bound(sql, Query::Lifetime::copied, values...);
  }

  /// To its end; rows are dropped. The values are used in place.
  template <class... Values>
  Status run(Sql sql, const Values&... values) {
    TAUT_TRY(Query query, bound(sql, Query::Lifetime::borrowed, values...));
    return finish(query);
  }

  /// Writes over a part of a value, in its place.
  /// @errors misuse: no such row, or a part that is not within the value
  Status overwrite(Sql table, Sql column, std::int64_t row, std::size_t offset, ByteView bytes);

  /// Rows that the last run() changed.
  std::uint64_t changed_rows() const;
  /// The row number of the last insert.
  std::int64_t last_row() const;

  /// Everything from the log into the file, and the log cut to nothing, so that what was deleted is in
  /// neither.
  /// @errors busy, at once: somebody is reading or writing; nothing is lost, try again later
  Status truncate_log();
  /// Writes a log of more than 16 MiB back into the file, as far as readers allow, so that it starts anew.
  /// For who opened with Checkpoints::by_owner.
  Status shorten_log();
  /// Pages that nothing uses.
  Result<std::uint64_t> free_pages();
  /// Gives up to 1 MiB of free pages back to the file system.
  Status shrink();
  /// Reads everything and holds it against its checksums and structure.
  /// @errors damaged
  Status check();

  /// False after SQLite has rolled one back by itself.
  bool is_in_transaction() const;
  /// Not moved from.
  bool is_open() const { return connection_ != nullptr; }
  /// A write or sync has failed: nothing works any more until it is opened again.
  bool is_stopped() const;
  /// The last error in words.
  const Failure& failure() const;

 private:
  friend class Transaction;

  template <class... Values>
  Result<Query> bound(Sql sql, Query::Lifetime lifetime, const Values&... values) {
    TAUT_TRY(Query query, prepare(sql.text()));
    int at = 0;
    (query.bind_any(++at, values, lifetime), ...);
    return query;
  }
  Result<Query> prepare(const char* sql);
  static Status finish(Query& query);

  std::unique_ptr<Connection> connection_;
};

/// All or nothing. Rolled back when it goes without commit().
class Transaction {
 public:
  /// Takes the write lock at once: no other way round a deadlock between two that both want to write.
  static Result<Transaction> to_write(Database& database);
  /// One state of the database for several reads.
  static Result<Transaction> to_read(Database& database);

  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  /// Durable when it returns: the log has been synced. After an error the database is stopped.
  Status commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

}  // namespace taut::store
