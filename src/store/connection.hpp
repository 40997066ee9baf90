#pragma once
// What a Database, its queries and its transactions share; for this room's sources only.

#include <sqlite3.h>

#include <filesystem>
#include <string>
#include <unordered_map>

#include "store/failure.hpp"

namespace taut::store {

struct Connection {
  explicit Connection(std::filesystem::path file) : path(std::move(file)) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  /// Keeps a result code and its words.
  Error note(int code);
  /// Database::truncate_log
  Status truncate_log();
  /// From now on commits leave the log as it is, and log_pages says how long it is.
  void count_log_pages();

  std::filesystem::path path;
  sqlite3* handle = nullptr;
  int busy_wait_ms = 0;
  std::unordered_map<const char*, sqlite3_stmt*> prepared;  ///< by their SQL; null while at work
  Failure last{};
  bool stopped = false;
  int log_pages = 0;
};

/// An SQLite result code, with words for `path`; `detail` is what SQLite said.
Failure explain(int code, const std::filesystem::path& path, const std::string& detail);

}  // namespace taut::store
