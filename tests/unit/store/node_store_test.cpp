#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <set>

#include "operations.hpp"
#include "store/node_store.hpp"
#include "support/folder.hpp"

using namespace taut;
using namespace taut::test;
using namespace taut::node;
namespace fs = std::filesystem;

namespace {

store::NodeStore open_store(const fs::path& file) {
  auto store = store::NodeStore::open(file);
  REQUIRE_MESSAGE(store.has_value(), store.error().text);
  return std::move(*store);
}

/// The body's own errors fail the test.
template <class Body>
void write(store::NodeStore& store, Body body) {
  REQUIRE(store
              .write([&](Transaction& transaction) -> Status {
                body(transaction);
                return {};
              })
              .has_value());
}
template <class Body>
void read(store::NodeStore& store, Body body) {
  REQUIRE(store
              .read([&](Transaction& transaction) -> Status {
                body(transaction);
                return {};
              })
              .has_value());
}

NodeId id(std::uint64_t number) { return value_numbered<NodeId>(number); }
ByteView text(std::string_view bytes) { return as_bytes(bytes); }

}  // namespace

TEST_CASE("values and sealing keys: kept, replaced, numbered without repeats") {
  Folder folder;
  auto store = open_store(folder / "state.db");
  write(store, [](Transaction& to) {
    CHECK_FALSE(to.value(ValueKey::identity)->has_value());
    CHECK(to.set_value(ValueKey::identity, text("first")).has_value());
    CHECK(to.set_value(ValueKey::identity, text("second")).has_value());
    CHECK(to.set_value(ValueKey::name, {}).has_value());
    CHECK(to.add_sealing_key(text("k1")) == 1);
    CHECK(to.add_sealing_key(text("k2")) == 2);
    CHECK(to.erase_sealing_key(2).has_value());
  });
  write(store, [](Transaction& to) { CHECK(to.add_sealing_key(text("k3")) == 3); });
  read(store, [](Transaction& from) {
    CHECK(equal((*from.value(ValueKey::identity))->expose(), text("second")));
    CHECK((*from.value(ValueKey::name))->empty());
    const auto keys = from.sealing_keys();
    REQUIRE(keys->size() == 2);
    CHECK((*keys)[0].number == 1);
    CHECK((*keys)[1].number == 3);
    CHECK(equal((*keys)[1].key.expose(), text("k3")));
  });
}

TEST_CASE("contacts: by petname, by node, replaced whole, sorted") {
  Folder folder;
  auto store = open_store(folder / "state.db");
  write(store, [](Transaction& to) {
    CHECK(to.put_contact({"carol", Verification::unverified, {id(3)}}).has_value());
    CHECK(to.put_contact({"bob", Verification::unverified, {id(2)}}).has_value());
    CHECK(to.put_contact({"bob", Verification::verified, {id(5), id(4)}}).has_value());
  });
  read(store, [](Transaction& from) {
    const auto all = from.contacts();
    REQUIRE(all->size() == 2);
    CHECK((*all)[0].petname == "bob");
    const auto bob = *from.contact("bob");
    CHECK(bob->verification == Verification::verified);
    CHECK(bob->nodes == std::vector{id(5), id(4)});
    CHECK((*from.contact_of(id(4)))->petname == "bob");
    CHECK_FALSE(from.contact_of(id(2))->has_value());
    CHECK_FALSE(from.contact("dave")->has_value());
  });
  // A node belongs to one contact at most.
  CHECK_FALSE(
      store.write([](Transaction& to) { return to.put_contact({"eve", Verification::unverified, {id(4)}}); })
          .has_value());
  write(store, [](Transaction& to) {
    CHECK_FALSE(to.contact("eve")->has_value());
    CHECK(to.erase_contact("bob").has_value());
    CHECK_FALSE(to.contact_of(id(4))->has_value());
  });
}

TEST_CASE("cards, dispatchers, counters") {
  Folder folder;
  auto store = open_store(folder / "state.db");
  write(store, [](Transaction& to) {
    CHECK(to.put_card(id(1), text("old")).has_value());
    CHECK(to.put_card(id(1), text("new")).has_value());
    CHECK(to.put_dispatcher({id(9), to_bytes(text("one"))}).has_value());
    CHECK(to.put_dispatcher({id(8), to_bytes(text("two"))}).has_value());
    CHECK(to.put_dispatcher({id(9), to_bytes(text("one again"))}).has_value());
    CHECK(to.next_counter(id(1)) == 0);
    CHECK(to.set_next_counter(id(1), ~std::uint64_t{0}).has_value());
  });
  write(store, [](Transaction& to) {
    CHECK(to.card(id(1)) == to_bytes(text("new")));
    const auto dispatchers = to.dispatchers();
    REQUIRE(dispatchers->size() == 2);
    CHECK((*dispatchers)[0].node_id == id(9));
    CHECK((*dispatchers)[0].record == to_bytes(text("one again")));
    CHECK(to.next_counter(id(1)) == ~std::uint64_t{0});
    CHECK(to.erase_card(id(1)).has_value());
    CHECK(to.erase_dispatcher(id(9)).has_value());
    CHECK(to.clear_counters().has_value());
    CHECK_FALSE(to.card(id(1))->has_value());
    CHECK(to.dispatchers()->size() == 1);
    CHECK(to.next_counter(id(1)) == 0);
  });
}

TEST_CASE("outgoing messages: which wait for their release, and which are releases") {
  Folder folder;
  auto store = open_store(folder / "state.db");
  OutgoingRow row{0, value_numbered<MessageId>(7), id(2), {kStartMs}, to_bytes(text("sealed")), {}};
  row.expires = WallTime{kStartMs + 1};
  write(store, [&](Transaction& to) {
    for (const Until until :
         {Until::stored, Until::released, Until::fetched, Until::nothing, Until::released}) {
      row.until = until;
      CHECK(to.add_outgoing(row).has_value());
    }
    row.recipient = id(3);
    CHECK(to.add_outgoing(row).has_value());
    CHECK(to.outgoing_count() == 5);
    CHECK(to.set_stage(2, Stage::released).has_value());
    CHECK(to.set_stage(2, Stage::stored).has_value());  // it never goes back
  });
  read(store, [&](Transaction& from) {
    const auto unreleased = from.unreleased(id(2));
    REQUIRE(unreleased->size() == 2);
    CHECK((*unreleased)[0].number == 2);
    CHECK((*unreleased)[0].message_id == value_numbered<MessageId>(7));
    CHECK((*unreleased)[0].stage == Stage::released);
    CHECK((*unreleased)[1].stage == Stage::sealed);
    const auto releases = from.releases();
    REQUIRE(releases->size() == 1);
    CHECK((*releases)[0].number == 4);
    CHECK((*releases)[0].recipient == id(2));
    CHECK((*releases)[0].expires == WallTime{kStartMs + 1});
    CHECK(from.releases_to(id(2)) == 1);
    CHECK(from.releases_to(id(3)) == 0);
    CHECK((*from.outgoing(0, 10))[3].until == Until::nothing);
  });
}

TEST_CASE("outgoing messages: in order, with their copies, numbers never used twice") {
  Folder folder;
  auto store = open_store(folder / "state.db");
  const OutgoingRow row{0,
                        value_numbered<MessageId>(7),
                        id(2),
                        {kStartMs},
                        to_bytes(text("sealed")),
                        {{id(9), value_numbered<SubmissionId>(1)}, {id(8), value_numbered<SubmissionId>(2)}}};
  write(store, [&](Transaction& to) {
    for (RowNumber number = 1; number <= 3; ++number) CHECK(to.add_outgoing(row) == number);
    CHECK(to.erase_outgoing(3).has_value());
    CHECK(to.erase_outgoing(3).has_value());
    CHECK(to.add_outgoing(row) == 4);
    CHECK(to.outgoing_count() == 3);
  });
  read(store, [&](Transaction& from) {
    const auto some = from.outgoing(1, 10);
    REQUIRE(some->size() == 2);
    CHECK((*some)[0].number == 2);
    CHECK((*some)[1].number == 4);
    CHECK((*some)[1].message_id == row.message_id);
    CHECK((*some)[1].recipient == row.recipient);
    CHECK((*some)[1].created == row.created);
    CHECK((*some)[1].envelope == row.envelope);
    REQUIRE((*some)[1].submissions.size() == 2);
    CHECK((*some)[1].submissions[1].dispatcher == id(8));
    CHECK((*some)[1].submissions[1].id == value_numbered<SubmissionId>(2));
    CHECK(from.outgoing(0, 1)->size() == 1);
  });
}

TEST_CASE("streams and message IDs are remembered, and forgotten by key") {
  Folder folder;
  auto store = open_store(folder / "state.db");
  constexpr StreamId kStream = ~StreamId{0};
  write(store, [](Transaction& to) {
    CHECK_FALSE(to.stream(id(1), kStream)->has_value());
    CHECK(to.put_stream({id(1), kStream, to_bytes(text("a")), 1}).has_value());
    CHECK(to.put_stream({id(1), kStream, to_bytes(text("b")), 3}).has_value());
    CHECK(to.put_stream({id(1), 5, to_bytes(text("c")), 2}).has_value());
    CHECK(to.remember(id(1), value_numbered<MessageId>(1), 2).has_value());
    CHECK(to.remember(id(1), value_numbered<MessageId>(2), 3).has_value());
    CHECK(to.seen(id(1), value_numbered<MessageId>(1)) == true);
    CHECK(to.seen(id(2), value_numbered<MessageId>(1)) == false);
    CHECK(to.forget_up_to(2).has_value());
    CHECK(to.seen(id(1), value_numbered<MessageId>(1)) == false);
    CHECK(to.seen(id(1), value_numbered<MessageId>(2)) == true);
    CHECK((*to.stream(id(1), kStream))->record == to_bytes(text("b")));
    CHECK((*to.stream(id(1), kStream))->newest_key == 3);
    CHECK_FALSE(to.stream(id(1), 5)->has_value());
  });
}

TEST_CASE("held messages come by counter, the highest of 64 bits last") {
  Folder folder;
  auto store = open_store(folder / "state.db");
  write(store, [](Transaction& to) {
    for (const Counter counter : {~Counter{0}, Counter{3}, Counter{1} << 63, Counter{7}})
      CHECK(to.hold({id(1), 4, counter, to_bytes(text("held"))}) == true);
    CHECK(to.hold({id(1), 4, 3, to_bytes(text("other"))}) == false);
    CHECK(to.hold({id(2), 4, 3, to_bytes(text("held"))}) == true);
    CHECK(to.streams_with_held()->size() == 2);
    for (const Counter counter : {Counter{3}, Counter{7}, Counter{1} << 63, ~Counter{0}}) {
      const auto first = to.first_held(id(1), 4);
      CHECK((*first)->counter == counter);
      CHECK((*first)->record == to_bytes(text("held")));
      CHECK(to.erase_held(id(1), 4, counter).has_value());
    }
    CHECK_FALSE(to.first_held(id(1), 4)->has_value());
    CHECK(to.streams_with_held()->size() == 1);
  });
}

TEST_CASE("items: in order, offered or not, numbers never used twice") {
  Folder folder;
  auto store = open_store(folder / "state.db");
  write(store, [](Transaction& to) {
    CHECK(to.add_item(text("a")) == 1);
    CHECK(to.add_item(text("b")) == 2);
    CHECK(to.erase_item(2).has_value());
    CHECK(to.add_item(text("c")) == 3);
    CHECK(to.mark_offered(3).has_value());
    CHECK(to.item_count() == 2);
    const auto items = to.items(10);
    REQUIRE(items->size() == 2);
    CHECK((*items)[0].offered == Offered::never);
    CHECK((*items)[1].offered == Offered::before);
    CHECK((*items)[1].record == to_bytes(text("c")));
    CHECK(to.items(1)->size() == 1);
  });
}

TEST_CASE("a body that fails leaves nothing behind") {
  Folder folder;
  auto store = open_store(folder / "state.db");
  const Status failed = store.write([](Transaction& to) -> Status {
    TAUT_CHECK(to.add_item(text("a")));
    return fail(Errc::violation, {"no"});
  });
  CHECK(failed.error().reason.name == "no");
  read(store, [](Transaction& from) { CHECK(from.item_count() == 0); });
}

TEST_CASE("several processes write side by side, and each number is given once") {
  Folder folder;
  const fs::path file = folder / "state.db";
  constexpr int kProcesses = 4;
  constexpr int kEach = 50;
  for (int process = 0; process < kProcesses; ++process) {
    if (::fork() != 0) continue;
    auto store = store::NodeStore::open(file);
    bool good = store.has_value();
    for (int i = 0; good && i < kEach; ++i) {
      good = store
                 ->write([](Transaction& to) -> Status {
                   TAUT_TRY(const Counter next, to.next_counter(id(1)));
                   TAUT_CHECK(to.set_next_counter(id(1), next + 1));
                   TAUT_CHECK(to.add_item(text("item")));
                   return {};
                 })
                 .has_value();
    }
    ::_exit(good ? 0 : 1);
  }
  for (int process = 0; process < kProcesses; ++process) {
    int status = 0;
    ::wait(&status);
    CHECK(status == 0);
  }
  auto store = open_store(file);
  read(store, [](Transaction& from) {
    CHECK(from.next_counter(id(1)) == kProcesses * kEach);
    CHECK(from.item_count() == kProcesses * kEach);
  });
  CHECK(store.check().has_value());
}

TEST_CASE("what was erased is in no file once the log has been tidied, also beside another process") {
  Folder folder;
  auto follower = open_store(folder / "state.db");
  auto store = open_store(folder / "state.db");
  write(store, [](Transaction& to) {
    for (int i = 0; i < 50; ++i) CHECK(to.add_item(text("canary: text of a message")).has_value());
    CHECK(to.add_sealing_key(text("canary: old private key")).has_value());
    CHECK(to.set_value(ValueKey::identity, text("canary: value before")).has_value());
  });
  CHECK(occurrences(folder.path(), "canary") >= 52);
  write(store, [](Transaction& to) {
    for (RowNumber number = 1; number <= 50; ++number) CHECK(to.erase_item(number).has_value());
    CHECK(to.erase_sealing_key(1).has_value());
    CHECK(to.set_value(ValueKey::identity, text("another value")).has_value());
  });
  CHECK(occurrences(folder.path(), "canary") > 0);
  CHECK(follower.tidy().has_value());
  CHECK(occurrences(folder.path(), "canary") == 0);
}
