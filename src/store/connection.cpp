#include "store/connection.hpp"

namespace taut::store {

namespace {

/// After one of these it is not known what is on disk: a second sync may say yes to what the first lost.
bool stops(int code) {
  const int primary = code & 0xff;
  return primary == SQLITE_FULL || (primary == SQLITE_IOERR && code != SQLITE_IOERR_DATA);
}

struct Meaning {
  Errc code;
  Reason reason;
  const char* what;
  const char* next;
};

Meaning meaning_of(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL:
      return {Errc::exhausted, reasons::kDiskFull, "the disk is full", "free some space there and try again"};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {Errc::unavailable, reasons::kReadOnly, "it may only be read",
              "make the file and its folder writable for their owner"};
    case SQLITE_CORRUPT:
      return {Errc::unavailable, reasons::kDamaged, "it is damaged",
              "keep a copy, check the disk, and move the damaged files away to begin anew"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Errc::unavailable, reasons::kBusy, "another process is using it",
              "try again, or stop the other process"};
    case SQLITE_NOTADB:
      return {Errc::unavailable, reasons::kNotADatabase, "it is not a database of taut",
              "move it away, or use another folder (TAUT_HOME)"};
    default:
      break;
  }
  if (code == SQLITE_IOERR_DATA) return meaning_of(SQLITE_CORRUPT);
  return {Errc::unavailable, reasons::kStorageIo, "it could not be read or written",
          "check the disk and the folder's permissions"};
}

}  // namespace

Failure explain(int code, const std::filesystem::path& path, const std::string& detail) {
  const Meaning meaning = meaning_of(code);
  return Failure{{meaning.code, meaning.reason},
                 path.string() + ": " + meaning.what + " (" + detail + ")",
                 meaning.next};
}

Error Connection::note(int code) {
  const int extended = handle != nullptr ? sqlite3_extended_errcode(handle) : code;
  const int exact = (extended & 0xff) == (code & 0xff) ? extended : code;
  std::string detail = handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
  if (exact != (exact & 0xff)) detail += ", code " + std::to_string(exact);
  if (stops(exact)) stopped = true;
  last = explain(exact, path, detail);
  return last.error;
}

Connection::~Connection() {
  for (const auto& [sql, statement] : prepared) sqlite3_finalize(statement);
  // What is not known to be on disk is for the next opening to find out, not for closing to build upon.
  if (stopped) sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_close(handle);
}

}  // namespace taut::store
