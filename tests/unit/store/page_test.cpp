#include <doctest/doctest.h>

#include <random>

#include "notes.hpp"
#include "store/log_check.hpp"
#include "store/page.hpp"

using namespace taut;
using namespace taut::test;
namespace fs = std::filesystem;

namespace {

/// Reads every row and table; false: an error.
bool reads_all(const fs::path& file) {
  auto database = open_notes(file);
  if (!database) {
    CHECK(database.error().error.reason == store::reasons::kDamaged);
    return false;
  }
  auto query = database->query("SELECT id, body FROM note");
  if (!query) return false;
  for (;;) {
    const auto row = query->step();
    if (!row) CHECK(row.error().reason == store::reasons::kDamaged);
    if (!row || !*row) return row.has_value();
  }
}

std::string with_flipped_bit(std::string bytes, std::size_t bit) {
  bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
  return bytes;
}

void write_private(const fs::path& file, const std::string& bytes) {
  write_file(file, bytes);
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
}

}  // namespace

TEST_CASE("a sealed page holds, and no longer when any bit or its place changes") {
  std::array<Byte, store::kPageBytes> page{};
  std::mt19937 random(1);
  for (Byte& byte : page) byte = static_cast<Byte>(random());
  store::seal_page(page, 7);
  CHECK(store::page_holds(page, 7));
  CHECK_FALSE(store::page_holds(page, 8));
  for (std::size_t bit = 0; bit < 8 * page.size(); ++bit) {
    page[bit / 8] ^= static_cast<Byte>(1U << bit % 8);
    CHECK_FALSE(store::page_holds(page, 7));
    page[bit / 8] ^= static_cast<Byte>(1U << bit % 8);
  }
  CHECK(store::page_holds(std::array<Byte, store::kPageBytes>{}, 9));
}

TEST_CASE("a flipped bit in the file is found when its page is read, and never served") {
  Folder folder;
  const fs::path file = folder / "notes.db";
  {
    auto database = open_notes(file);
    REQUIRE(database.has_value());
    for (int i = 0; i < 40; ++i)
      REQUIRE(database->run("INSERT INTO note (body) VALUES (?)", Bytes(700, 'x')).has_value());
    REQUIRE(database->check().has_value());
  }
  REQUIRE(reads_all(file));
  const std::string whole = read_file(file);
  std::mt19937 random(2);
  int found = 0;
  constexpr int kFlips = 300;
  for (int i = 0; i < kFlips; ++i) {
    const std::size_t bit = random() % (8 * whole.size());
    CAPTURE(bit);
    write_private(file, with_flipped_bit(whole, bit));
    const bool header = bit / 8 < 100;  // there the answer may be another refusal
    if (header) continue;
    auto database = open_notes(file);
    const bool sound = database && database->check().has_value();
    CHECK_FALSE(sound);
    found += sound ? 0 : 1;
  }
  CHECK(found > kFlips * 9 / 10);
  write_private(file, whole);
  CHECK(reads_all(file));
}

TEST_CASE("a log that a crash cut off is sound, one with damage before a whole transaction is not") {
  Folder folder;
  const fs::path file = folder / "notes.db";
  auto database = open_notes(file);
  REQUIRE(database.has_value());
  for (int i = 0; i < 5; ++i)
    REQUIRE(database->run("INSERT INTO note (body) VALUES (?)", Bytes(9000, 'x')).has_value());
  const std::string log = read_file(file.string() + "-wal");
  const fs::path copy = folder / "copy-wal";
  const auto state_of = [&](const std::string& bytes) {
    write_file(copy, bytes);
    return store::check_log(copy);
  };
  CHECK(store::check_log(folder / "absent") == store::LogState::sound);
  CHECK(state_of(log) == store::LogState::sound);
  for (std::size_t cut = 0; cut < log.size(); cut += 512)
    CHECK(state_of(log.substr(0, cut)) == store::LogState::sound);

  // Where the last transaction begins: behind the last frame but one that commits (bytes 4..8 not zero).
  constexpr std::size_t kFrame = 24 + 4096;
  std::size_t last = log.size() - kFrame;
  while (log.substr(last - kFrame + 4, 4) == std::string(4, '\0')) last -= kFrame;
  std::mt19937 random(3);
  int found = 0;
  for (int i = 0; i < 300; ++i) {
    const std::size_t bit = random() % (8 * last);
    CAPTURE(bit);
    const bool damaged = state_of(with_flipped_bit(log, bit)) == store::LogState::damaged;
    CHECK(damaged);
    found += damaged ? 1 : 0;
  }
  CHECK(found == 300);
  for (std::size_t at = last; at < log.size(); at += 8)
    CHECK(state_of(with_flipped_bit(log, 8 * at)) == store::LogState::sound);
}

TEST_CASE("a database with a damaged log is refused") {
  Folder folder;
  const fs::path file = folder / "notes.db";
  auto database = open_notes(file);
  REQUIRE(database.has_value());
  for (int i = 0; i < 5; ++i)
    REQUIRE(database->run("INSERT INTO note (body) VALUES (?)", as_bytes("text")).has_value());
  Folder copy;
  fs::copy(file, copy / "notes.db");
  write_private(copy / "notes.db-wal", with_flipped_bit(read_file(file.string() + "-wal"), 8 * 1000));
  const auto refused = open_notes(copy / "notes.db");
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().error.reason == store::reasons::kDamaged);
}

TEST_CASE("what was deleted is in no file after the log has been cut") {
  Folder folder;
  const fs::path file = folder / "notes.db";
  auto database = open_notes(file);
  REQUIRE(database.has_value());
  std::mt19937 random(4);
  const auto body = [&](int i) {
    std::string text = "canary-" + std::to_string(1000000 + i);
    text.resize(16 + random() % 600, '.');
    return text;
  };
  constexpr int kCount = 3000;
  for (int i = 0; i < kCount; ++i)
    REQUIRE(database->run("INSERT INTO note VALUES (?, ?)", i, as_bytes(body(i))).has_value());
  REQUIRE(database->truncate_log().has_value());
  CHECK(occurrences(folder.path(), "canary-") >= kCount);
  for (int i = 0; i < kCount; ++i) {
    // Some grow, so that cells move from page to page.
    if (random() % 3 == 0)
      REQUIRE(database->run("UPDATE note SET body = ? WHERE id = ?", as_bytes(body(i)), i).has_value());
    if (random() % 3 == 0)
      REQUIRE(database->run("DELETE FROM note WHERE id = ?", (i * 7) % kCount).has_value());
  }
  REQUIRE(database->truncate_log().has_value());
  CHECK(occurrences(folder.path(), "canary-") == static_cast<std::size_t>(count_notes(*database)));
  REQUIRE(database->run("DELETE FROM note").has_value());
  REQUIRE(database->truncate_log().has_value());
  CHECK(occurrences(folder.path(), "canary-") == 0);
  REQUIRE(database->check().has_value());
}

TEST_CASE("free pages go back to the file system") {
  Folder folder;
  const fs::path file = folder / "notes.db";
  auto database = open_notes(file);
  REQUIRE(database.has_value());
  const auto baseline = fs::file_size(file);
  for (int i = 0; i < 100; ++i)
    REQUIRE(database->run("INSERT INTO note (body) VALUES (?)", Bytes(20000, 'x')).has_value());
  REQUIRE(database->run("DELETE FROM note").has_value());
  for (int i = 0; i < 4; ++i) REQUIRE(database->shrink().has_value());
  REQUIRE(database->truncate_log().has_value());
  CHECK(fs::file_size(file) <= baseline + 4096);
}
