#include <doctest/doctest.h>

#include <optional>

#include "base/ids.hpp"
#include "notes.hpp"
#include "store/private_files.hpp"

using namespace taut;
using namespace taut::test;

TEST_CASE("values come back as they went in") {
  Folder folder;
  auto database = open_notes(folder / "notes.db");
  REQUIRE(database.has_value());
  MessageId id;
  id.fill()[3] = 7;
  const std::optional<std::uint64_t> none;
  auto query = database->query("SELECT ?, ?, ?, ?, ?, ?", std::uint64_t{1} << 63, id, as_bytes(""), none,
                               std::string_view("text"), std::optional<std::uint32_t>(5));
  REQUIRE(query.has_value());
  REQUIRE(query->step().value());
  CHECK(query->u64(0) == std::uint64_t{1} << 63);
  CHECK(query->value<MessageId>(1).value() == id);
  CHECK_FALSE(query->is_null(2));
  CHECK(query->bytes(2).empty());
  CHECK(query->is_null(3));
  CHECK(query->text(4) == "text");
  CHECK(query->u32(5) == 5);
  CHECK(query->value<NodeId>(1).error().reason == store::reasons::kDamaged);
  CHECK_FALSE(query->step().value());
}

TEST_CASE("a query may run beside another of the same text") {
  Folder folder;
  auto database = open_notes(folder / "notes.db");
  REQUIRE(database.has_value());
  for (int i = 0; i < 3; ++i)
    REQUIRE(database->run("INSERT INTO note (body) VALUES (?)", as_bytes("x")).has_value());
  int pairs = 0;
  const auto read = [&] { return database->query("SELECT id FROM note ORDER BY id"); };
  auto outer = read();
  while (outer->step().value()) {
    auto inner = read();
    while (inner->step().value()) ++pairs;
  }
  CHECK(pairs == 9);
}

TEST_CASE("a transaction that is not committed has never been") {
  Folder folder;
  auto database = open_notes(folder / "notes.db");
  REQUIRE(database.has_value());
  {
    auto transaction = store::Transaction::to_write(*database);
    REQUIRE(transaction.has_value());
    REQUIRE(database->run("INSERT INTO note (body) VALUES (?)", as_bytes("x")).has_value());
    CHECK(count_notes(*database) == 1);
  }
  CHECK(count_notes(*database) == 0);
}

TEST_CASE("two connections: short transactions wait for each other, a long one makes the other busy") {
  Folder folder;
  auto one = open_notes(folder / "notes.db");
  auto two = open_notes(folder / "notes.db");
  REQUIRE(one.has_value());
  REQUIRE(two.has_value());
  {
    auto transaction = store::Transaction::to_write(*one);
    REQUIRE(transaction.has_value());
    const auto late = two->run("INSERT INTO note (body) VALUES (?)", as_bytes("x"));
    CHECK(late.error().reason == store::reasons::kBusy);
    CHECK(two->failure().text.find("another process") != std::string::npos);
    CHECK(count_notes(*two) == 0);  // readers do not wait
  }
  CHECK(two->run("INSERT INTO note (body) VALUES (?)", as_bytes("x")).has_value());
  CHECK(count_notes(*one) == 1);
}

TEST_CASE("constraints of the tables hold: types, references") {
  Folder folder;
  auto database = open_notes(folder / "notes.db");
  REQUIRE(database.has_value());
  CHECK_FALSE(database->run("INSERT INTO label VALUES (?, 1)", as_bytes("blob")).has_value());
  CHECK_FALSE(database->run("INSERT INTO label VALUES ('a', 77)").has_value());
  CHECK_FALSE(database->is_stopped());
}

TEST_CASE("a lock belongs to one, and is free when that one is gone") {
  Folder folder;
  {
    auto first = store::FileLock::take(folder / "lock");
    REQUIRE(first.has_value());
    const auto second = store::FileLock::take(folder / "lock");
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error().error.reason == store::reasons::kLocked);
    const auto moved = std::move(*first);
    CHECK_FALSE(store::FileLock::take(folder / "lock").has_value());
  }
  CHECK(store::FileLock::take(folder / "lock").has_value());
}
