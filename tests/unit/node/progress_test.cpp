#include "node/progress.hpp"

#include <doctest/doctest.h>

#include "test_node.hpp"
#include "test_shell.hpp"

using namespace taut;
using namespace taut::test;
using namespace taut::node;

namespace {

using Copies = std::vector<Copy>;

struct World {
  ScriptedDispatcher post{50};
  ScriptedDispatcher second{51};
  TestNode alice{1, "alice"};
  TestNode bob{2, "bob"};
  World() { use(bob, post); }

  /// What this state of the node is told.
  Copies receive(TestNode& node) {
    const auto task = make_receiving(node.store, node.self->identity, node.random, Stay::until_drained);
    TestShell shell(*task, node.id());
    shell.knows(post);
    shell.knows(second);
    shell.start();
    shell.run_to_the_end();
    shell.finished.value().value();
    return shell.copies;
  }
  static Progress progress_of(TestNode& node) {
    Progress progress;
    node.store
        .read([&](Transaction& transaction) -> Status {
          TAUT_TRY(progress, load_progress(transaction));
          return {};
        })
        .value();
    return progress;
  }
  static Notice notice_of(TestNode& node) {
    std::optional<Notice> notice;
    node.store
        .read([&](Transaction& transaction) -> Status {
          TAUT_TRY(notice, last_notice(transaction));
          return {};
        })
        .value();
    return notice.value_or(Notice{});
  }
};

}  // namespace

TEST_CASE("a node that lives alone is told nothing, however often it looks") {
  World world;
  for (int i = 0; i < 3; ++i) CHECK(world.receive(world.bob).empty());
  CHECK(world.progress_of(world.bob).current.sequence == 3);
  CHECK(world.progress_of(world.bob).told == std::vector{world.post.id()});
  CHECK(world.post.states.at(world.bob.id()).first == 3);
}

TEST_CASE("a snapshot that is put back in its place is rolled back, begins anew, and says so once") {
  World world;
  world.receive(world.bob);
  TestNode snapshot(world.bob, kHere, 77);
  world.receive(world.bob);
  const StreamId stream = snapshot.stream();
  const std::size_t keys = snapshot.store.state().sealing_keys.size();
  CHECK(world.receive(snapshot) == Copies{Copy::rolled_back});
  CHECK(snapshot.stream() != stream);
  CHECK(snapshot.store.state().counters.empty());
  CHECK(snapshot.store.state().sealing_keys.size() == keys + 1);
  CHECK(world.notice_of(snapshot).copy == Copy::rolled_back);
  CHECK(world.notice_of(snapshot).dispatcher == world.post.id());
  CHECK(world.post.cards.at(snapshot.id()) == to_bytes(snapshot.card().bytes()));
  CHECK(world.receive(snapshot).empty());
}

TEST_CASE("a snapshot is rolled back once, whatever other dispatchers hold") {
  World world;
  const auto task = make_using(world.bob.store, world.bob.self->identity, *world.second.card);
  TestShell shell(*task, world.bob.id());
  shell.knows(world.post);
  shell.knows(world.second);
  shell.start();
  shell.run_to_the_end();
  world.receive(world.bob);
  TestNode snapshot(world.bob, kHere, 77);
  world.receive(world.bob);
  CHECK(world.receive(snapshot) == Copies{Copy::rolled_back});
  CHECK(world.receive(snapshot).empty());
}

TEST_CASE("two live copies are told of each other") {
  World world;
  world.receive(world.bob);
  TestNode copy(world.bob, Bytes{9}, 77);
  CHECK(world.receive(copy).empty());  // moved, as far as anybody can tell
  CHECK(world.receive(world.bob) == Copies{Copy::second});
  CHECK(world.receive(copy) == Copies{Copy::second});
  CHECK(world.receive(world.bob) == Copies{Copy::second});
  CHECK(world.notice_of(copy).copy == Copy::second);
}

TEST_CASE("a copy whose original lived on is rolled back") {
  World world;
  world.receive(world.bob);
  TestNode copy(world.bob, Bytes{9}, 77);
  world.receive(world.bob);
  CHECK(world.receive(copy) == Copies{Copy::rolled_back});
}

TEST_CASE("what a dispatcher makes up says nothing") {
  World world;
  world.receive(world.bob);
  auto& held = world.post.states.at(world.bob.id());
  SUBCASE("garbage") { held.second = {1, 2, 3}; }
  SUBCASE("another's signature") {
    const StateRecord forged{{}, 99};
    held.second = signed_record(forged, world.alice.self->identity.signature_key()).value();
  }
  SUBCASE("altered") { held.second[5] ^= 1; }
  SUBCASE("nothing") { world.post.states.clear(); }
  CHECK(world.receive(world.bob).empty());
  CHECK(world.receive(world.bob).empty());
}

TEST_CASE("a record is read back as it was signed, or not at all") {
  World world;
  const auto& key = world.bob.self->identity.signature_key();
  SeededRandom random(3);
  const StateRecord record{random.make<Incarnation>(), 7};
  const Bytes bytes = signed_record(record, key).value();
  CHECK(parse_state_record(bytes, key.public_key).value() == record);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK_FALSE(parse_state_record(ByteView(bytes).first(size), key.public_key).has_value());
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    Bytes altered = bytes;
    altered[at] ^= 1;
    CHECK_FALSE(parse_state_record(altered, key.public_key).has_value());
  }
}

TEST_CASE("a state file from before there were incarnations begins one") {
  World world;
  memory::State old = world.bob.store.state();
  old.values.erase(ValueKey::progress);
  const auto task = [&] {
    MemoryNodeStore store(old);
    const auto receiving =
        make_receiving(store, world.bob.self->identity, world.bob.random, Stay::until_drained);
    TestShell shell(*receiving, world.bob.id());
    shell.knows(world.post);
    shell.start();
    shell.run_to_the_end();
    CHECK(shell.finished.value().has_value());
    CHECK(store.state().values.contains(ValueKey::progress));
  };
  task();
}
