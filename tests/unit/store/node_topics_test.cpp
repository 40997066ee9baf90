// Topics in a node's state file; the one in memory, which other tests trust, does the same.

#include <doctest/doctest.h>

#include <functional>

#include "operations.hpp"
#include "store/node_store.hpp"
#include "support/folder.hpp"
#include "support/memory_node_store.hpp"

using namespace taut;
using namespace taut::test;
using namespace taut::node;

namespace {

template <class Body>
void change(Store& store, Body body) {
  REQUIRE(store
              .write([&](Transaction& to) -> Status {
                body(to);
                return {};
              })
              .has_value());
}

void in_both(const std::function<void(Store&)>& check) {
  SUBCASE("in memory") {
    MemoryNodeStore store;
    check(store);
  }
  SUBCASE("in a file") {
    const Folder folder;
    auto store = store::NodeStore::open(folder / "state.db");
    REQUIRE(store.has_value());
    check(*store);
  }
}

TopicItemRow item(RowNumber topic, std::string_view record, WallTime erase_at = {}) {
  return {0, topic, Offered::never, erase_at, to_bytes(as_bytes(record))};
}

}  // namespace

TEST_CASE("topics: found by name and number, changed, erased with all that is theirs") {
  in_both([](Store& store) {
    change(store, [](Transaction& to) {
      CHECK(to.add_topic("zeta", as_bytes("z")) == 1);
      CHECK(to.add_topic("alpha", as_bytes("a")) == 2);
      CHECK(to.put_topic_record(1, as_bytes("key"), as_bytes("first")).has_value());
      CHECK(to.put_topic_record(1, as_bytes("key"), as_bytes("second")).has_value());
      CHECK(to.put_topic_record(1, as_bytes("gone"), as_bytes("x")).has_value());
      CHECK(to.put_topic_record(2, as_bytes("key"), as_bytes("other's")).has_value());
      CHECK(to.erase_topic_record(1, as_bytes("gone")).has_value());
      CHECK(to.add_topic_item(item(1, "hello")).has_value());
    });
    change(store, [](Transaction& to) {
      const auto names = to.topics();
      REQUIRE(names->size() == 2);
      CHECK((*names)[0].name == "alpha");
      TopicRow row = **to.topic("zeta");
      CHECK(row.number == 1);
      CHECK(row.version == 0);
      CHECK(equal(row.record, as_bytes("z")));
      row.name = "eta";
      row.version = 7;
      CHECK(to.set_topic(row).has_value());
      CHECK_FALSE(to.topic("zeta")->has_value());
      CHECK((*to.topic(RowNumber{1}))->version == 7);
      const auto records = to.topic_records(1);
      REQUIRE(records->size() == 1);
      CHECK(equal((*records)[0].value.expose(), as_bytes("second")));
    });
    change(store, [](Transaction& to) {
      CHECK(to.erase_topic(1).has_value());
      CHECK(to.topic_records(1)->empty());
      CHECK(to.topic_item_count(1) == 0);
      CHECK(to.topic_records(2)->size() == 1);
      CHECK(to.add_topic("zeta", as_bytes("z")) == 3);
    });
  });
}

TEST_CASE("a topic's items: in order, offered or not, gone when their time is over") {
  in_both([](Store& store) {
    change(store, [](Transaction& to) {
      CHECK(to.add_topic("t", {}) == 1);
      CHECK(to.add_topic("u", {}) == 2);
      CHECK_FALSE(to.next_topic_item_due()->has_value());
      CHECK(to.add_topic_item(item(1, "stays")) == 1);
      CHECK(to.add_topic_item(item(2, "later", {2000})) == 2);
      CHECK(to.add_topic_item(item(1, "soon", {1000})) == 3);
      CHECK(to.next_topic_item_due() == WallTime{1000});
      CHECK(to.topic_items(1, 1)->size() == 1);
      CHECK(to.mark_topic_item_offered(1).has_value());
      CHECK(to.topic_items(1, 9)->front().offered == Offered::before);
      CHECK(to.topic_items(1, 9)->back().offered == Offered::never);
      CHECK(to.erase_topic_items_due({999}) == 0);
      CHECK(to.erase_topic_items_due({1000}) == 1);
      CHECK(to.topic_items(1, 9)->size() == 1);
      CHECK(to.erase_topic_item(1).has_value());
      CHECK(to.topic_item_count(1) == 0);
      CHECK(to.topic_item_count(2) == 1);
    });
  });
}

TEST_CASE("welcomes and KeyPackages are kept until they are used") {
  in_both([](Store& store) {
    const NodeId sender = value_numbered<NodeId>(5);
    change(store, [&](Transaction& to) {
      CHECK(to.add_welcome({0, sender, {12}, to_bytes(as_bytes("welcome"))}) == 1);
      const KeyPackageRow package{to_bytes(as_bytes("ref")), 1, true, {99}, SecretBytes(as_bytes("private"))};
      CHECK(to.put_key_package(package).has_value());
    });
    change(store, [&](Transaction& to) {
      const auto welcomes = to.welcomes();
      REQUIRE(welcomes->size() == 1);
      CHECK(welcomes->front().sender == sender);
      CHECK(welcomes->front().received == WallTime{12});
      CHECK(to.erase_welcome(1).has_value());
      CHECK(to.welcomes()->empty());
      const auto package = to.key_package(as_bytes("ref"));
      REQUIRE(package->has_value());
      CHECK((*package)->is_last_resort);
      CHECK((*package)->expires == WallTime{99});
      CHECK(equal((*package)->package.expose(), as_bytes("private")));
      CHECK(to.key_packages()->size() == 1);
      CHECK(to.erase_key_package(as_bytes("ref")).has_value());
      CHECK_FALSE(to.key_package(as_bytes("ref"))->has_value());
    });
  });
}

TEST_CASE("records that were replaced and items that were erased are in no file") {
  const Folder folder;
  auto store = store::NodeStore::open(folder / "state.db");
  REQUIRE(store.has_value());
  change(*store, [](Transaction& to) {
    CHECK(to.add_topic("t", {}) == 1);
    CHECK(to.put_topic_record(1, as_bytes("ratchet"), as_bytes("the-first-ratchet")).has_value());
    CHECK(to.add_topic_item(item(1, "a-message-to-forget", {10})).has_value());
  });
  CHECK(occurrences(folder.path(), "the-first-ratchet") > 0);
  change(*store, [](Transaction& to) {
    CHECK(to.put_topic_record(1, as_bytes("ratchet"), as_bytes("the-other-ratchet")).has_value());
    CHECK(to.erase_topic_items_due({10}) == 1);
  });
  REQUIRE(store->tidy().has_value());
  CHECK(occurrences(folder.path(), "the-first-ratchet") == 0);
  CHECK(occurrences(folder.path(), "a-message-to-forget") == 0);
  CHECK(occurrences(folder.path(), "the-other-ratchet") > 0);
}
