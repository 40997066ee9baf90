// What was stored is all there is: reloaded at every step, and after a crash between storing and publishing.

#include "topic/limits.hpp"
#include "topic/records.hpp"
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

TEST_CASE("a load without consequences changes nothing") {
  for (const auto carrier : {World::Carrier::log, World::Carrier::broadcast}) {
    World world(carrier);
    world.topic_of({"alice", "bob", "carol"});
    world.begin_joining("stranger", world["alice"].topic->locator());
    world.apply(world["alice"], must(world["alice"].topic->invite({}, world.now)).step);
    world.take(world["alice"], world["alice"].topic->admit(minutes(60), 3, world.now));
    world.run(seconds(30));
    world["alice"].is_cut_off = true;
    world.say("alice", "waits for the others");
    for (const char* name : {"alice", "bob"}) {
      CAPTURE(name);
      Topic::Begun begun = must(Topic::load(world[name].surroundings(), world[name].records(), world.now));
      CHECK(begun.step.changes.empty());
      CHECK(begun.step.events.empty());
    }
  }
}

TEST_CASE("what was due when a process ended is done by the next, though nothing comes") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob", "carol"});
  Person& carol = world["carol"];
  const auto said_so = [&] {
    return std::ranges::count(world.recorded, EntryKind::checkpoint,
                              [](const auto& one) { return one.first; });
  };
  // A commit is taken; the checkpoint that it calls for is not published by this process.
  world.take(world["alice"], world["alice"].topic->update(world.now));
  while (world.step(carol)) {
  }
  const auto before = said_so();
  world.reload(carol);
  REQUIRE(carol.topic->next_deadline().has_value());
  CHECK(*carol.topic->next_deadline() <= world.now.instant + kDutySpread);
  for (const char* name : {"alice", "bob"}) world[name].is_cut_off = true;
  world.run(seconds(3));
  CHECK(said_so() == before + 1);
  world.reload(carol);
  world.run(minutes(10));
  CHECK(said_so() == before + 1);  // it stands in the log
}

TEST_CASE("a gap is told though the process began anew while it waited") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob"});
  const auto lose = [&](const std::string& text) {
    auto sealed = must(world["alice"].topic->seal({.body = to_bytes(as_bytes(text))}, world.now));
    sealed.step.publish.clear();
    world.apply(world["alice"], std::move(sealed.step));
  };
  lose("on the way");
  world.say("alice", "came");
  world.settle();
  CHECK(world["bob"].heard.empty());
  world["alice"].is_cut_off = true;
  world.reload(world["bob"]);
  world.run(minutes(2));
  CHECK(world["bob"].heard == Texts{"came"});
  CHECK(world["bob"].gaps == 1);
}

TEST_CASE("signs of another history are not forgotten by a new process") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob", "carol"});
  Person& bob = world["bob"];
  bob.is_cut_off = true;
  world.take(world["alice"], world["alice"].topic->update(world.now));
  world.run(seconds(5));
  world.say("alice", "of an epoch that bob cannot know");
  bob.is_cut_off = false;
  world.take(bob, bob.topic->skip_to(world.log.size() - 1, world.now));
  world.settle();
  bob.is_cut_off = true;
  world.reload(bob);
  CHECK(bob.count<Diverged>() == 0);
  world.run(minutes(3));
  CHECK(bob.count<Diverged>() == 1);
}

TEST_CASE("a welcome is mailed by one process, and again when its time has come") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob"});
  Topic::Invited invited = must(world["alice"].topic->invite({}, world.now));
  world.apply(world["alice"], std::move(invited.step));
  world.begin_joining("dave", invited.link);
  world["dave"].is_cut_off = true;
  const auto mailed = [&] {
    return std::ranges::count(world.recorded, EntryKind::welcome, [](const auto& one) { return one.first; });
  };
  const auto before = mailed();
  world.run(seconds(5));
  REQUIRE(mailed() == before + 1);
  for (int i = 0; i < 5; ++i) {
    world.reload(world["alice"]);
    world.take(world["alice"], world["alice"].topic->resend(world.now));
  }
  CHECK(mailed() == before + 1);
  world.run(seconds(15));
  CHECK(mailed() == before + 2);
  world.reload(world["alice"]);
  CHECK(mailed() == before + 2);
  world.run(std::chrono::hours(12));
  CHECK(mailed() < before + 22);
  world["dave"].is_cut_off = false;
  world.run(seconds(10));
  CHECK(world["dave"].topic.has_value());
}

TEST_CASE("records that are cut, missing or foreign do not load, and do no harm") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob"});
  world["alice"].is_cut_off = true;
  world.say("alice", "in the outbox");
  const auto whole = world["alice"].store;
  const auto load = [&](const std::map<Bytes, Bytes>& store) {
    Person copy("copy", 5);
    copy.store = store;
    return Topic::load(world["alice"].surroundings(), copy.records(), world.now);
  };
  CHECK(load(whole).has_value());
  std::set<int> needless;  // by kind: whose absence is no damage
  for (const auto& [key, value] : whole) {
    CAPTURE(static_cast<int>(key[0]));
    auto damaged = whole;
    damaged[key].resize(value.size() / 2);
    const bool loads_cut = load(damaged).has_value();
    damaged.erase(key);
    const bool loads_without = load(damaged).has_value();
    if (key[0] == static_cast<int>(RecordKind::mls)) continue;  // unit.mls looks at each of these
    CHECK_FALSE(loads_cut);
    if (loads_without) needless.insert(key[0]);
  }
  const auto number = [](RecordKind kind) { return static_cast<int>(kind); };
  CHECK(needless == std::set{number(RecordKind::outbox), number(RecordKind::sender),
                             number(RecordKind::epoch), number(RecordKind::claim)});
  Person foreign("foreign", 6);
  foreign.store = whole;
  foreign.store[Bytes{99, 1, 2}] = Bytes(3);
  CHECK(reason_of(Topic::load(world["alice"].surroundings(), foreign.records(), world.now)) == "bad_records");
  CHECK_FALSE(Topic::load(world["alice"].surroundings(), {}, world.now).has_value());
}
