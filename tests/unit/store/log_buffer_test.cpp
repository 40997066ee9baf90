// Writes to the log, gathered.

#include "store/log_buffer.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace taut;
using store::LogBuffer;

namespace {

/// A file that notes what is written to it.
struct NotedFile : sqlite3_file {
  struct Write {
    sqlite3_int64 offset;
    Bytes bytes;
    friend bool operator==(const Write&, const Write&) = default;
  };
  std::vector<Write> writes;
  int code = SQLITE_OK;

  NotedFile() : sqlite3_file{&methods()} {}

 private:
  static int note(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
    auto* const self = static_cast<NotedFile*>(file);
    const auto* const bytes = static_cast<const Byte*>(from);
    self->writes.push_back({offset, Bytes(bytes, bytes + size)});
    return self->code;
  }
  static const sqlite3_io_methods& methods() {
    static const sqlite3_io_methods noting = [] {
      sqlite3_io_methods made{};
      made.iVersion = 1;
      made.xWrite = note;
      return made;
    }();
    return noting;
  }
};

const Bytes kLogHead(24, 1);
const Bytes kLogPage(4096, 2);

}  // namespace

TEST_CASE("what follows what was written before goes out with it, once and in order") {
  NotedFile file;
  LogBuffer log(&file);
  sqlite3_int64 offset = 32;
  Bytes all;
  for (int i = 0; i < 10; ++i) {
    for (const Bytes& piece : {kLogHead, kLogPage}) {
      CHECK(log.write(piece, offset) == SQLITE_OK);
      offset += static_cast<sqlite3_int64>(piece.size());
      append(all, piece);
    }
  }
  CHECK(file.writes.empty());
  CHECK(log.flush() == SQLITE_OK);
  CHECK(log.flush() == SQLITE_OK);
  CHECK(file.writes == std::vector<NotedFile::Write>{{32, all}});
}

TEST_CASE("what is elsewhere waits for nothing that came before to be lost") {
  NotedFile file;
  LogBuffer log(&file);
  CHECK(log.write(kLogHead, 100) == SQLITE_OK);
  CHECK(log.write(kLogHead, 100) == SQLITE_OK);  // over itself
  CHECK(log.write(kLogHead, 0) == SQLITE_OK);
  CHECK(log.write(kLogPage, 5000) == SQLITE_OK);
  CHECK(log.flush() == SQLITE_OK);
  CHECK(file.writes ==
        std::vector<NotedFile::Write>{{100, kLogHead}, {100, kLogHead}, {0, kLogHead}, {5000, kLogPage}});
}

TEST_CASE("a long transaction goes out in pieces") {
  NotedFile file;
  LogBuffer log(&file);
  sqlite3_int64 offset = 0;
  for (int i = 0; i < 100; ++i, offset += 4096) CHECK(log.write(kLogPage, offset) == SQLITE_OK);
  CHECK(log.write(Bytes(300'000, 3), offset) == SQLITE_OK);  // as it comes
  CHECK(log.flush() == SQLITE_OK);
  sqlite3_int64 next = 0;
  for (const NotedFile::Write& one : file.writes) {
    CHECK(one.offset == next);
    next += static_cast<sqlite3_int64>(one.bytes.size());
  }
  CHECK(next == offset + 300'000);
  CHECK(file.writes.size() == 5);
}

TEST_CASE("a write that fails is told when it is made") {
  NotedFile file;
  LogBuffer log(&file);
  CHECK(log.write(kLogPage, 0) == SQLITE_OK);
  file.code = SQLITE_FULL;
  SUBCASE("by a flush") { CHECK(log.flush() == SQLITE_FULL); }
  SUBCASE("by a write elsewhere") { CHECK(log.write(kLogPage, 0) == SQLITE_FULL); }
  CHECK(log.flush() == SQLITE_OK);  // what failed is not tried again: nobody said that it is there
}
