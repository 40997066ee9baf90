// What was stored is all there is: reloaded at every step, and after a crash between storing and publishing.

#include "world.hpp"

using namespace taut;
using namespace taut::topic;
using namespace taut::topic::test;
using Texts = std::vector<std::string>;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

/// Stored, and then the process ends before anything leaves.
void store_only(World& world, Person& who, Step step) {
  step.publish.clear();
  world.apply(who, std::move(step));
  world.reload(who);
}

}  // namespace

TEST_CASE("reloaded at every step, a topic goes on as if nothing was") {
  for (const auto carrier : {World::Carrier::log, World::Carrier::broadcast}) {
    World world(carrier);
    // Without a log, acknowledgements and quiet times live in memory: not everything at once.
    world.reload_percent = carrier == World::Carrier::log ? 100 : 20;
    world.topic_of({"alice", "bob", "carol"});
    world.say("alice", "one");
    world.say("bob", "two");
    world.take(world["carol"], world["carol"].topic->update(world.now));
    world.say("carol", "three");
    world.take(world["bob"], world["bob"].topic->set({.name = "renamed"}, world.now));
    world.run(minutes(2));
    CHECK(in_step(world, {"alice", "bob", "carol"}));
    CHECK(world["alice"].heard == Texts{"two", "three"});
    CHECK(world["bob"].heard.size() == 2);
    CHECK(world["carol"].heard.size() == 2);
    CHECK(world["carol"].topic->settings().name == "renamed");
    world.take(world["alice"],
               world["alice"].topic->remove(world["carol"].id(), AfterRemoval::may_return, world.now));
    world.run(minutes(1));
    CHECK(world["alice"].topic->members().size() == 2);
    CHECK(world["alice"].count<Diverged>() + world["bob"].count<Diverged>() == 0);
  }
}

TEST_CASE("a crash between storing and publishing loses nothing, and doubles nothing") {
  for (const auto carrier : {World::Carrier::log, World::Carrier::broadcast}) {
    World world(carrier);
    world.topic_of({"alice", "bob", "carol"});
    Person& bob = world["bob"];
    Topic::Sealed sealed = must(bob.topic->seal({.body = to_bytes(as_bytes("said"))}, world.now));
    store_only(world, bob, std::move(sealed.step));
    store_only(world, bob, must(bob.topic->update(world.now)));
    Topic::Invited invited = must(bob.topic->invite({}, world.now));
    store_only(world, bob, std::move(invited.step));
    const std::uint64_t epoch = bob.topic->epoch();
    world.run(minutes(1));
    CHECK(world["alice"].heard == Texts{"said"});
    CHECK(world["carol"].heard == Texts{"said"});
    CHECK(world["alice"].topic->epoch() == epoch + 1);
    CHECK(bob.topic->outbox_count() == 0);
    world.begin_joining("dave", invited.link);
    world.run(minutes(1));
    CHECK(world["dave"].topic.has_value());
  }
}

TEST_CASE("a crash before storing undoes the call") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob"});
  static_cast<void>(must(world["bob"].topic->seal({.body = to_bytes(as_bytes("never"))}, world.now)));
  static_cast<void>(must(world["bob"].topic->update(world.now)));
  world.reload(world["bob"]);
  world.say("bob", "instead");
  world.run(minutes(1));
  CHECK(world["alice"].heard == Texts{"instead"});
  CHECK(world["alice"].gaps == 0);
}

TEST_CASE("a crash between the commit in the log and the welcome loses no joiner") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob"});
  Topic::Invited invited = must(world["alice"].topic->invite({}, world.now));
  world.apply(world["alice"], std::move(invited.step));
  world.begin_joining("dave", invited.link);
  const Bytes asks = world.recorded.back().second;
  Person& alice = world["alice"];
  world.apply(alice, must(alice.topic->open(asks, std::nullopt, world.now)));
  REQUIRE(world.log.size() > alice.topic->cursor());
  while (alice.topic->cursor() < world.log.size()) {
    const std::uint64_t next = alice.topic->cursor() + 1;
    store_only(world, alice, must(alice.topic->open(world.log[next - 1], next, world.now)));
  }
  world.run(minutes(1));
  REQUIRE(world["dave"].topic.has_value());
  CHECK(in_step(world, {"alice", "bob", "dave"}));
}

TEST_CASE("records that are cut, missing or foreign do not load, and do no harm") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob"});
  world.say("alice", "in the outbox");
  const auto whole = world["alice"].store;
  for (const auto& [key, value] : whole) {
    Person copy("copy", 5);
    copy.store = whole;
    copy.store[key].resize(value.size() / 2);
    static_cast<void>(Topic::load(world["alice"].surroundings(), copy.records(), world.now));
    copy.store.erase(key);
    static_cast<void>(Topic::load(world["alice"].surroundings(), copy.records(), world.now));
  }
  Person foreign("foreign", 6);
  foreign.store = whole;
  foreign.store[Bytes{99, 1, 2}] = Bytes(3);
  CHECK(reason_of(Topic::load(world["alice"].surroundings(), foreign.records(), world.now)) == "bad_records");
  CHECK_FALSE(Topic::load(world["alice"].surroundings(), {}, world.now).has_value());
}
