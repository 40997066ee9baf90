#pragma once
// Writes to SQLite's log (file format §4), gathered. SQLite writes each page of a transaction in two calls,
// 24 bytes and the page, one behind the other; a transaction of a hundred pages becomes a few writes here.
//
// Nothing of it is visible or promised before it is written: with `synchronous=FULL` a transaction ends with
// a sync of the log, and others look at its pages after that; whoever reads the log through this file is
// shown what was gathered, too.

#include <sqlite3.h>

#include "base/bytes.hpp"

namespace taut::store {

class LogBuffer {
 public:
  /// @param log  open, and outlives it
  explicit LogBuffer(sqlite3_file* log);
  LogBuffer(const LogBuffer&) = delete;
  LogBuffer& operator=(const LogBuffer&) = delete;
  ~LogBuffer();

  /// @return  SQLite's code, of what had to be written now
  int write(ByteView bytes, sqlite3_int64 offset);
  /// Before anything else is done with the file.
  int flush();

 private:
  static constexpr std::size_t kGatheredBytesMax = std::size_t{128} * 1024;

  sqlite3_file* log_;
  Bytes gathered_;  ///< as it stands, secrets included: wiped when it has gone
  sqlite3_int64 offset_ = 0;
};

}  // namespace taut::store
