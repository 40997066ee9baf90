#include <doctest/doctest.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>
#include <vector>

#include "notes.hpp"

using namespace taut;
using namespace taut::test;
namespace fs = std::filesystem;

namespace {

unsigned mode_of(const fs::path& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 0777U : 0U;
}

/// Past our own layer, as any other program would.
void run_elsewhere(const fs::path& file, const std::string& sql) {
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &handle) == SQLITE_OK);
  REQUIRE(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(handle);
}

void fill(const fs::path& file, int count) {
  auto database = open_notes(file);
  REQUIRE(database.has_value());
  for (int i = 0; i < count; ++i)
    REQUIRE(database->run("INSERT INTO note (body) VALUES (?)", as_bytes("text")).has_value());
}

/// The advice is a command, and it can be run.
bool does_what_it_says(const store::Failure& failure) {
  constexpr std::string_view kRun = "run: ";
  return failure.next.starts_with(kRun) && std::system(failure.next.substr(kRun.size()).c_str()) == 0;
}

}  // namespace

TEST_CASE("a new database lies in a folder of mode 0700, in files of mode 0600, whatever the umask") {
  Folder folder;
  const mode_t before = ::umask(0);
  const fs::path file = folder / "a/b/notes.db";
  auto database = open_notes(file);
  ::umask(before);
  REQUIRE(database.has_value());
  REQUIRE(database->run("INSERT INTO note (body) VALUES (?)", as_bytes("text")).has_value());
  CHECK(mode_of(folder / "a") == 0700);
  CHECK(mode_of(folder / "a/b") == 0700);
  for (const char* name : {"notes.db", "notes.db-wal", "notes.db-shm"}) {
    CAPTURE(name);
    CHECK(mode_of(folder / "a/b" / name) == 0600);
  }
}

TEST_CASE("what others may read is refused, with the command that mends it") {
  Folder folder;
  const fs::path file = folder / "notes.db";
  fill(file, 1);
  struct Row {
    fs::path path;
    mode_t loose;
    mode_t tight;
  };
  write_file(file.string() + "-journal", "");
  write_file(file.string() + "-wal", "");
  write_file(file.string() + "-shm", "");
  for (const char* suffix : {"-journal", "-wal", "-shm"}) ::chmod((file.string() + suffix).c_str(), 0600);
  for (const Row& row : {Row{folder.path(), 0750, 0700}, Row{file, 0640, 0600}, Row{file, 0604, 0600},
                         Row{file.string() + "-wal", 0660, 0600}, Row{file.string() + "-shm", 0601, 0600},
                         Row{file.string() + "-journal", 0620, 0600}}) {
    CAPTURE(row.path);
    REQUIRE(::chmod(row.path.c_str(), row.loose) == 0);
    const auto refused = open_notes(file);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().error.reason == store::reasons::kLooseModes);
    CHECK(does_what_it_says(refused.error()));
    CHECK(mode_of(row.path) == row.tight);
  }
  CHECK(open_notes(file).has_value());
}

TEST_CASE("a name with spaces and quotes is mended by the printed command too") {
  Folder folder;
  const fs::path file = folder / "it's my $HOME/notes.db";
  fill(file, 1);
  REQUIRE(::chmod(file.c_str(), 0644) == 0);
  const auto refused = open_notes(file);
  REQUIRE_FALSE(refused.has_value());
  CHECK(does_what_it_says(refused.error()));
  CHECK(open_notes(file).has_value());
}

TEST_CASE("another user's files are refused") {
  if (::geteuid() != 0) return;  // only root can make such a file
  Folder folder;
  const fs::path file = folder / "notes.db";
  fill(file, 1);
  REQUIRE(::chown(file.c_str(), 12345, 12345) == 0);
  const auto refused = open_notes(file);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().error.reason == store::reasons::kOtherOwner);
  CHECK(does_what_it_says(refused.error()));
  CHECK(open_notes(file).has_value());
}

TEST_CASE("a symbolic link, a folder or a pipe in the file's place is refused") {
  Folder folder;
  fill(folder / "real.db", 1);
  fs::create_symlink(folder / "real.db", folder / "link.db");
  fs::create_directory(folder / "folder.db");
  REQUIRE(::mkfifo((folder / "pipe.db").c_str(), 0600) == 0);
  for (const char* name : {"link.db", "folder.db", "pipe.db"}) {
    CAPTURE(name);
    const auto refused = open_notes(folder / name);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().error.reason == store::reasons::kNotADatabase);
  }
}

TEST_CASE("other programs' files and later versions are refused and stay as they are") {
  Folder folder;
  struct Row {
    const char* name;
    Reason reason;
  };
  write_file(folder / "text.db", std::string(5000, 'x'));
  write_file(folder / "short.db", "SQLite format 3");
  run_elsewhere(folder / "foreign.db", "CREATE TABLE t (x); PRAGMA application_id = 77");
  run_elsewhere(folder / "foreign-wal.db", "PRAGMA journal_mode = WAL; CREATE TABLE t (x);");
  fill(folder / "later.db", 1);
  run_elsewhere(folder / "later.db", "PRAGMA user_version = 9");
  for (const Row& row :
       {Row{"text.db", store::reasons::kNotADatabase}, Row{"short.db", store::reasons::kNotADatabase},
        Row{"foreign.db", store::reasons::kForeignFile}, Row{"foreign-wal.db", store::reasons::kForeignFile},
        Row{"later.db", store::reasons::kNewerSchema}}) {
    CAPTURE(std::string(row.name));
    const fs::path file = folder / row.name;
    REQUIRE(::chmod(file.c_str(), 0600) == 0);
    const std::string before = read_file(file);
    const auto refused = open_notes(file);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().error.reason.name == row.reason.name);
    CHECK_FALSE(refused.error().text.empty());
    CHECK_FALSE(refused.error().next.empty());
    CHECK(read_file(file) == before);
    CHECK_FALSE(fs::exists(file.string() + "-wal"));
  }
}

TEST_CASE("a later version that only the log knows of is refused, and the log stays") {
  Folder folder;
  const fs::path file = folder / "notes.db";
  auto other = open_notes(file);
  REQUIRE(other.has_value());
  REQUIRE(other->run("PRAGMA user_version = 9").has_value());
  Folder copy;  // as after a crash of the later version
  fs::copy(file, copy / "notes.db");
  fs::copy(file.string() + "-wal", copy / "notes.db-wal");
  const std::string log = read_file(copy / "notes.db-wal");
  const auto refused = open_notes(copy / "notes.db");
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().error.reason == store::reasons::kNewerSchema);
  CHECK(read_file(copy / "notes.db-wal") == log);
}

TEST_CASE("an older version is migrated, and keeps its rows") {
  Folder folder;
  const fs::path file = folder / "notes.db";
  {
    auto old = store::open(file, kOldNotes);
    REQUIRE(old.has_value());
    REQUIRE(old->run("INSERT INTO note (body) VALUES (?)", as_bytes("kept")).has_value());
  }
  auto database = open_notes(file);
  REQUIRE(database.has_value());
  CHECK(count_notes(*database) == 1);
  CHECK(database->run("INSERT INTO label VALUES ('a', 1)").has_value());
  CHECK_FALSE(store::open(file, kOldNotes).has_value());
}

TEST_CASE("a migration that fails leaves the old version") {
  Folder folder;
  const fs::path file = folder / "notes.db";
  CHECK(store::open(file, kOldNotes).has_value());
  constexpr const char* kBroken[] = {kNotesMigrations[0],
                                     "CREATE TABLE half (x INTEGER); CREATE TABLE half (x);"};
  CHECK_FALSE(store::open(file, store::Schema{kNotes.application_id, kBroken}).has_value());
  CHECK(open_notes(file).has_value());
}

TEST_CASE("many may open a new database at the same time") {
  for (int round = 0; round < 10; ++round) {
    Folder folder;
    const fs::path file = folder / "notes.db";
    std::vector<std::jthread> threads;
    std::atomic<int> good = 0;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        auto database = store::open(file, kNotes);
        if (database && database->run("INSERT INTO note (body) VALUES (?)", as_bytes("text"))) ++good;
      });
    }
    threads.clear();
    CHECK(good == 4);
    auto database = open_notes(file);
    REQUIRE(database.has_value());
    CHECK(count_notes(*database) == 4);
  }
}

TEST_CASE("a read-only file is refused as such") {
  if (::geteuid() == 0) return;  // root may write anywhere; the fault layer covers it
  Folder folder;
  fill(folder / "notes.db", 1);
  ::chmod((folder / "notes.db").c_str(), 0400);
  const auto refused = open_notes(folder / "notes.db");
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().error.reason == store::reasons::kReadOnly);
}
