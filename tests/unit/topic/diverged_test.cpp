// Histories that differ: who is out of step finds it out, stops, and is let in again.

#include "forged_welcome.hpp"
#include "insider.hpp"

using namespace taut;
using namespace taut::topic;
using namespace taut::topic::test;
using Texts = std::vector<std::string>;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_CASE("a commit that holds for some members only is found by checkpoints, and mended") {
  // Mallory's sibling is alice; what is spared opens for one side of the tree.
  for (std::size_t spared = 0; spared < 3; ++spared) {
    CAPTURE(spared);
    World world(World::Carrier::log);
    world.topic_of({"alice", "mallory", "bob", "carol", "dave"});
    Insider mallory(world["mallory"], world.now);
    const std::uint64_t before = world["alice"].topic->epoch();
    world.log.push_back(mallory.half_valid_commit([&](std::size_t number) { return number == spared; }));
    world.settle();
    std::size_t followed = 0;
    for (const char* name : {"alice", "bob", "carol", "dave"})
      followed += world[name].topic->epoch() > before ? 1 : 0;
    CHECK(followed > 0);
    CHECK(followed < 4);
    world.say("alice", "said in between");
    world.say("dave", "by everyone");
    world.run(minutes(3));
    CHECK(in_step(world, {"alice", "bob", "carol", "dave"}));
    std::size_t diverged = 0;
    for (const char* name : {"alice", "bob", "carol", "dave"}) diverged += world[name].count<Diverged>();
    CHECK(diverged > 0);
    CHECK(diverged < 4);
    world.say("alice", "all together");
    world.say("dave", "again");
    world.run(seconds(20));
    for (const char* name : {"bob", "carol"}) {
      CHECK(world[name].heard.back() == "again");
      CHECK(std::ranges::count(world[name].heard, "all together") == 1);
      CHECK(std::ranges::count(world[name].heard, "said in between") <= 1);
    }
    CHECK(world["alice"].topic->outbox_count() == 0);
    CHECK(world["dave"].topic->outbox_count() == 0);
  }
}

TEST_CASE("a log that shows two histories is caught as soon as one checkpoint comes by another way") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob", "carol", "dave"});
  const std::uint64_t fork = world.log.size();
  world.other_log["dave"] = {fork, world.log};
  // Alice and dave both commit; the log shows dave his own commit, and the others alice's.
  Step hers = must(world["alice"].topic->update(world.now));
  Step his = must(world["dave"].topic->update(world.now));
  world.other_log["dave"].second.push_back(his.publish.front().bytes);
  world.apply(world["alice"], std::move(hers));
  his.publish.clear();
  world.apply(world["dave"], std::move(his));
  world.run(seconds(5));
  CHECK(world["alice"].topic->epoch() == world["dave"].topic->epoch());
  for (const char* name : {"alice", "bob", "carol", "dave"}) CHECK(world[name].count<Diverged>() == 0);

  // One envelope passes between contacts.
  const auto checkpoint = std::ranges::find(world.recorded.rbegin(), world.recorded.rend(),
                                            EntryKind::checkpoint, [](const auto& one) { return one.first; });
  REQUIRE(checkpoint != world.recorded.rend());
  for (const auto& [kind, entry] : std::vector(world.recorded))
    if (kind == EntryKind::checkpoint)
      for (const char* name : {"alice", "bob", "carol", "dave"}) world.open(world[name], entry);
  world.other_log.clear();  // it has to choose
  world.run(minutes(2));
  CHECK(world["dave"].count<Diverged>() == 1);
  for (const char* name : {"alice", "bob", "carol"}) {
    CHECK(world[name].count<Diverged>() == 0);
    CHECK(world[name].last<Disagreement>() != nullptr);
  }
  CHECK(world["dave"].count<Returned>() == 1);
  CHECK(in_step(world, {"alice", "bob", "carol", "dave"}));
}

TEST_CASE("a restored copy drops its ratchets, comes back, and repeats nothing") {
  for (const auto carrier : {World::Carrier::log, World::Carrier::broadcast}) {
    World world(carrier);
    world.topic_of({"alice", "bob", "carol"});
    world.say("bob", "first");
    world.run(seconds(5));
    const auto snapshot = world["bob"].store;
    world.say("bob", "second");
    world.say("alice", "third");
    world.run(seconds(5));
    world["bob"].store = snapshot;
    world["bob"].inbox.clear();
    world.reload(world["bob"], LoadAs::restored);
    CHECK(world["bob"].topic->standing() == Standing::diverged);
    CHECK(world["bob"].last<Diverged>()->why == Diverged::Why::restored);
    for (const auto& [key, value] : world["bob"].store) CHECK(key[0] != 0);  // nothing of the group
    CHECK(reason_of(world["bob"].topic->seal({.body = Bytes(1)}, world.now)) == "diverged");
    world.reload(world["bob"]);  // a crash in between
    world.run(minutes(1));
    REQUIRE(world["bob"].topic->standing() == Standing::open);
    CHECK(in_step(world, {"alice", "bob", "carol"}));
    world.say("bob", "fourth");
    world.run(seconds(5));
    CHECK(world["alice"].heard == Texts{"first", "second", "fourth"});
    CHECK(world["carol"].heard.back() == "fourth");
    CHECK(world["carol"].heard.size() == 4);
  }
}

TEST_CASE("messages that were not acknowledged come along, once") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob", "carol"});
  world["bob"].is_cut_off = true;
  world.say("bob", "kept");
  world.say("bob", "kept too");
  world.reload(world["bob"], LoadAs::restored);
  CHECK(world["bob"].topic->outbox_count() == 2);
  world["bob"].is_cut_off = false;
  world.run(minutes(1));
  CHECK(world["alice"].heard == Texts{"kept", "kept too"});
  CHECK(world["bob"].topic->outbox_count() == 0);
}

TEST_CASE("who was barred in a history that went is no obstacle to coming back") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob", "carol", "dave"});
  world.other_log["dave"] = {world.log.size(), world.log};
  // In dave's history bob is barred; in the others' he talks on.
  Step his = must(world["dave"].topic->remove(world["bob"].id(), AfterRemoval::barred, world.now));
  world.other_log["dave"].second.push_back(his.publish.front().bytes);
  his.publish.clear();
  world.apply(world["dave"], std::move(his));
  world.take(world["alice"], world["alice"].topic->update(world.now));
  world.run(seconds(5));
  CHECK(world["dave"].topic->settings().is_barred(world["bob"].id()));
  world.other_log.clear();
  for (int i = 0; i < 5; ++i)
    world.take(world["alice"], world["alice"].topic->update(world.now)), world.run(seconds(20));
  world.run(minutes(6));
  CHECK(world["dave"].count<Returned>() == 1);
  CHECK(in_step(world, {"alice", "bob", "carol", "dave"}));
}

TEST_CASE("an answer that was lost with whoever gave it is asked for again") {
  World world(World::Carrier::broadcast);
  world.topic_of({"alice", "bob", "carol"});
  world.reload(world["bob"], LoadAs::restored);
  world["bob"].is_cut_off = true;
  world.run(seconds(10));
  // Both have let bob in; neither knows it any more, nor its welcome.
  REQUIRE(world["alice"].topic->members().size() == 3);
  for (const char* name : {"alice", "carol"})
    std::erase_if(world[name].store,
                  [](const auto& one) { return one.first[0] == static_cast<Byte>(RecordKind::welcome); });
  for (const char* name : {"alice", "carol"}) world.reload(world[name]);
  world["bob"].is_cut_off = false;
  world.run(minutes(7));
  CHECK(world["bob"].count<Returned>() == 1);
  CHECK(in_step(world, {"alice", "bob", "carol"}));
}

TEST_CASE("who comes back asks anew when only somebody answered who came after its copy") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob", "carol"});
  const auto copy = world["bob"].store;
  world.join("alice", "dave");
  for (const char* name : {"alice", "carol"}) world[name].is_cut_off = true;
  world["bob"].store = copy;
  world.reload(world["bob"], LoadAs::restored);
  world.run(seconds(30));
  CHECK(world["bob"].topic->standing() == Standing::diverged);
  CHECK(std::string(world["bob"].last<Refused>()->reason.name) == "unknown_welcomer");
  world["dave"].is_cut_off = true;
  for (const char* name : {"alice", "carol"}) world[name].is_cut_off = false;
  world.run(minutes(4));
  world["dave"].is_cut_off = false;
  world.run(minutes(1));
  CHECK(in_step(world, {"alice", "bob", "carol", "dave"}));
  CHECK(world["alice"].topic->members().size() == 4);
}

TEST_CASE("what is said again is for those who were there when it was said first") {
  for (const auto carrier : {World::Carrier::log, World::Carrier::broadcast}) {
    World world(carrier);
    world.topic_of({"alice", "bob", "carol"});
    world["carol"].is_cut_off = true;
    world.say("carol", "before dave");
    world.reload(world["carol"], LoadAs::restored);
    world.join("alice", "dave");
    world.reload(world["bob"], LoadAs::restored);  // it was there, too
    world.run(minutes(1));
    REQUIRE(world["bob"].topic->standing() == Standing::open);
    world["carol"].is_cut_off = false;
    world.run(minutes(3));
    REQUIRE(in_step(world, {"alice", "bob", "carol", "dave"}));
    world.say("carol", "after dave");
    world.run(seconds(20));
    for (const char* name : {"alice", "bob"}) CHECK(world[name].heard == Texts{"before dave", "after dave"});
    CHECK(world["dave"].heard == Texts{"after dave"});
    CHECK(world["dave"].gaps == 0);
    CHECK(world["carol"].topic->outbox_count() == 0);
  }
}

TEST_CASE("who lost the log's past comes back by itself") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob", "carol"});
  world["bob"].is_cut_off = true;
  world.take(world["alice"], world["alice"].topic->update(world.now));
  world.run(seconds(5));
  world["bob"].is_cut_off = false;
  world.take(world["bob"], world["bob"].topic->skip_to(world.log.size(), world.now));
  world.say("alice", "an epoch that bob cannot know");
  world.run(minutes(4));
  CHECK(world["bob"].count<Diverged>() == 1);
  CHECK(in_step(world, {"alice", "bob", "carol"}));
}

TEST_CASE("strangers cannot make a member come back, nor answer one who does") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob", "carol"});
  Person& eve = world.add("eve");
  // An introduction with bob's card needs bob's key.
  const Surroundings mixed{eve.identity.signature_key(), world["bob"].card, eve.random};
  CHECK(reason_of(Joining::begin(mixed, world["alice"].topic->locator(), world.now)) == "misuse");
  world["bob"].is_cut_off = true;
  world.reload(world["bob"], LoadAs::restored);
  const Bytes asks = world.recorded.back().second;
  const Bytes forged =
      forged_welcome(eve, world["alice"].topic->settings(), asks, world["alice"].topic->id(), world.now);
  world.open(world["bob"], forged);
  CHECK(world["bob"].topic->standing() == Standing::diverged);
  CHECK(std::string(world["bob"].last<Refused>()->reason.name) == "unknown_welcomer");
}
