#pragma once
// A small database for tests of what is below the tables.

#include "store/open.hpp"
#include "support/folder.hpp"

namespace taut::test {

inline constexpr const char* kNotesMigrations[] = {
    "CREATE TABLE note (id INTEGER PRIMARY KEY, body ANY NOT NULL) STRICT;",
    "CREATE TABLE label (name TEXT PRIMARY KEY, note INTEGER NOT NULL REFERENCES note) STRICT, WITHOUT "
    "ROWID;",
};
inline constexpr store::Schema kNotes{0x6e6f7465, kNotesMigrations};
inline constexpr store::Schema kOldNotes{0x6e6f7465, std::span(kNotesMigrations).first(1)};

inline store::Opened<store::Database> open_notes(const std::filesystem::path& file) {
  return store::open(file, kNotes, {.busy_wait = std::chrono::milliseconds(200)});
}

inline std::int64_t count_notes(store::Database& database) {
  auto query = database.query("SELECT count(*) FROM note");
  return query && query->step().value_or(false) ? query->i64(0) : -1;
}

}  // namespace taut::test
