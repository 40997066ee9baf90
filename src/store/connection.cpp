#include "store/connection.hpp"

#include "store/guarded_vfs.hpp"

namespace taut::store {

namespace {

/// After one of these it is not known what is on disk: a second sync may say yes to what the first lost.
bool stops(int code) {
  const int primary = code & 0xff;
  return primary == SQLITE_FULL || primary == SQLITE_IOERR;
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
    case kDamagedPage:
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
  return {Errc::unavailable, reasons::kStorage, "it could not be read or written",
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
  // The connection knows more, unless the code comes from below it.
  const bool known = handle != nullptr && (sqlite3_extended_errcode(handle) & 0xff) == (code & 0xff);
  const int exact = known ? sqlite3_extended_errcode(handle) : code;
  std::string detail = known ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
  if (exact == kDamagedPage) detail = "a page fails its checksum";
  if (exact != (exact & 0xff)) detail += ", code " + std::to_string(exact);
  if (stops(exact)) stopped = true;
  last = explain(exact, path, detail);
  return last.error;
}

Status Connection::truncate_log() {
  if (stopped) return fail(Errc::unavailable, reasons::kStopped);
  sqlite3_busy_timeout(handle, 0);
  const int code = sqlite3_wal_checkpoint_v2(handle, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  const Status done = code == SQLITE_OK ? Status{} : std::unexpected(note(code));
  sqlite3_busy_timeout(handle, busy_wait_ms);
  return done;
}

void Connection::count_log_pages() {
  const auto note_pages = [](void* connection, sqlite3*, const char*, int pages) {
    static_cast<Connection*>(connection)->log_pages = pages;
    return SQLITE_OK;
  };
  sqlite3_wal_hook(handle, note_pages, this);
}

Connection::~Connection() {
  for (const auto& [sql, statement] : prepared) sqlite3_finalize(statement);
  // What is not known to be on disk is for the next opening to find out, not for closing to build upon.
  if (stopped) sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_close(handle);
}

}  // namespace taut::store
