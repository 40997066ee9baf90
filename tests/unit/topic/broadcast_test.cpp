// A carrier that loses, doubles and shuffles: committers put commits into order, senders repeat until
// everyone has acknowledged.

#include "insider.hpp"

using namespace taut;
using namespace taut::topic;
using namespace taut::topic::test;
using Texts = std::vector<std::string>;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

Texts of(const std::vector<std::string>& heard, const std::string& prefix) {
  Texts found;
  for (const std::string& one : heard)
    if (one.starts_with(prefix)) found.push_back(one);
  return found;
}

}  // namespace

TEST_CASE("three people talk over a broadcast carrier") {
  World world(World::Carrier::broadcast);
  world.topic_of({"alice", "bob", "carol"});
  REQUIRE(in_step(world, {"alice", "bob", "carol"}));
  world.say("carol", "one");
  world.say("bob", "two");
  world.run(seconds(3));
  CHECK(world["alice"].heard == Texts{"one", "two"});
  CHECK(world["carol"].count<Acknowledged>() == 1);
  CHECK(world["carol"].topic->outbox_count() == 0);
}

TEST_CASE("a third is lost, some is doubled, the order is shuffled: each once, in order") {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    CAPTURE(seed);
    World world(World::Carrier::broadcast, seed);
    world.topic_of({"alice", "bob", "carol", "dave"});
    world.faults = {30, 20, 30};
    Texts expected;
    for (int i = 0; i < 30; ++i) {
      expected.push_back("carol " + std::to_string(i));
      world.say("carol", expected.back());
      world.say("alice", "alice " + std::to_string(i));
      if (i == 10) world.take(world["bob"], world["bob"].topic->update(world.now));
      if (i == 20) world.take(world["dave"], world["dave"].topic->set({.name = "other"}, world.now));
      world.run(std::chrono::milliseconds(300));
    }
    world.run(minutes(6));
    REQUIRE(in_step(world, {"alice", "bob", "carol", "dave"}));
    CHECK(world["alice"].topic->settings().name == "other");
    for (const char* name : {"alice", "bob", "dave"}) {
      CHECK(of(world[name].heard, "carol") == expected);
      CHECK(world[name].gaps == 0);
    }
    CHECK(world["carol"].topic->outbox_count() == 0);
    CHECK(world["carol"].count<Acknowledged>() == 30);
    CHECK(world["carol"].count<Diverged>() == 0);
  }
}

TEST_CASE("the next committer takes over from one that is silent, and yields to it") {
  World world(World::Carrier::broadcast);
  world.topic_of({"alice", "bob", "carol"});
  const std::uint64_t before = world["bob"].topic->epoch();
  world["alice"].is_cut_off = true;
  world.take(world["carol"], world["carol"].topic->set({.name = "without alice"}, world.now));
  world.run(seconds(20));
  CHECK(world["carol"].topic->epoch() == before);  // it waits for its time
  world.run(seconds(60));
  CHECK(world["carol"].topic->epoch() == before + 1);
  CHECK(world["bob"].topic->epoch() == before + 1);
  world["alice"].is_cut_off = false;
  world.run(minutes(3));
  CHECK(in_step(world, {"alice", "bob", "carol"}));
  CHECK(world["alice"].topic->settings().name == "without alice");
  world.take(world["carol"], world["carol"].topic->update(world.now));
  world.run(seconds(5));
  CHECK(world["alice"].topic->epoch() == before + 2);
}

TEST_CASE("nobody but a listed committer puts commits into order") {
  World world(World::Carrier::broadcast);
  for (const char* name : {"alice", "bob", "carol"}) world.add(name);
  Topic::Begun begun =
      must(Topic::create(world["alice"].surroundings(), world.new_topic({"alice"}), world.now));
  world["alice"].topic = std::move(begun.topic);
  world.apply(world["alice"], std::move(begun.step));
  world.join("alice", "bob");
  world.join("alice", "carol");
  world["alice"].is_cut_off = true;
  const std::uint64_t before = world["bob"].topic->epoch();
  world.take(world["carol"], world["carol"].topic->update(world.now));
  world.run(minutes(5));
  CHECK(world["bob"].topic->epoch() == before);
  world["alice"].is_cut_off = false;
  world.run(minutes(2));
  CHECK(in_step(world, {"alice", "bob", "carol"}));
  CHECK(world["bob"].topic->epoch() > before);
}

TEST_CASE("two halves that both went on find together when they meet") {
  World world(World::Carrier::broadcast);
  world.topic_of({"alice", "bob", "carol", "dave", "erin"});
  // Alice and bob on one side: bob commits; dave and the others on the other.
  for (const char* name : {"carol", "dave", "erin"}) world[name].is_cut_off = true;
  world.take(world["bob"], world["bob"].topic->set({.name = "theirs"}, world.now));
  world.run(seconds(20));
  for (const char* name : {"alice", "bob"}) world[name].is_cut_off = true;
  for (const char* name : {"carol", "dave", "erin"}) world[name].is_cut_off = false;
  world.take(world["dave"], world["dave"].topic->set({.name = "ours"}, world.now));
  world.say("erin", "from the larger half");
  world.run(minutes(4));
  CHECK(world["erin"].topic->settings().name == "ours");
  for (const char* name : {"alice", "bob"}) world[name].is_cut_off = false;
  world.run(minutes(10));
  CHECK(in_step(world, {"alice", "bob", "carol", "dave", "erin"}));
  CHECK(world["alice"].topic->settings().name == "ours");
  world.say("erin", "for everyone");
  world.run(seconds(10));
  CHECK(world["alice"].heard.back() == "for everyone");
}

TEST_CASE("who is away for a while hears everything when it is back") {
  World world(World::Carrier::broadcast);
  world.topic_of({"alice", "bob", "carol"});
  world["bob"].is_cut_off = true;
  Texts expected;
  for (int i = 0; i < 20; ++i) {
    expected.push_back("carol " + std::to_string(i));
    world.say("carol", expected.back());
    if (i % 7 == 6) world.take(world["carol"], world["carol"].topic->update(world.now));
    world.run(seconds(2));
  }
  CHECK(world["carol"].topic->outbox_count() == 20);
  world["bob"].is_cut_off = false;
  world.run(minutes(4));
  CHECK(world["bob"].heard == expected);
  CHECK(world["bob"].gaps == 0);
  CHECK(world["carol"].topic->outbox_count() == 0);
  CHECK(world["alice"].heard == expected);
}

TEST_CASE("the only committer lost its keys: the others let it in again") {
  World world(World::Carrier::broadcast);
  for (const char* name : {"alice", "bob", "carol"}) world.add(name);
  Topic::Begun begun =
      must(Topic::create(world["alice"].surroundings(), world.new_topic({"alice"}), world.now));
  world["alice"].topic = std::move(begun.topic);
  world.apply(world["alice"], std::move(begun.step));
  world.join("alice", "bob");
  world.join("alice", "carol");
  world.run(seconds(5));
  world.reload(world["alice"], LoadAs::restored);
  world.run(minutes(5));
  CHECK(in_step(world, {"alice", "bob", "carol"}));
}

TEST_CASE("nobody waits for the acknowledgement of somebody who was removed, after a restart either") {
  World world(World::Carrier::broadcast);
  world.topic_of({"alice", "bob", "carol"});
  for (const char* name : {"bob", "carol"}) world[name].is_cut_off = true;
  world.say("alice", "for both");
  world.take(world["alice"],
             world["alice"].topic->remove(world["carol"].id(), AfterRemoval::may_return, world.now));
  world.run(seconds(5));
  world.reload(world["alice"]);
  world["bob"].is_cut_off = false;
  world.run(minutes(2));
  CHECK(world["bob"].heard == Texts{"for both"});
  CHECK(world["alice"].topic->outbox_count() == 0);
}

TEST_CASE("a late joiner hears nothing that was said before it came") {
  World world(World::Carrier::broadcast);
  world.topic_of({"alice", "bob", "carol"});
  world["bob"].is_cut_off = true;
  for (int i = 0; i < 5; ++i) world.say("alice", "before " + std::to_string(i));
  world.run(seconds(5));
  world.join("alice", "dave");
  // So many epochs later that what bob still lacks is sealed anew.
  for (int i = 0; i < 4; ++i) {
    world.take(world["alice"], world["alice"].topic->update(world.now));
    world.run(seconds(5));
  }
  world.say("alice", "after");
  world.run(seconds(30));
  CHECK(world["dave"].heard == Texts{"after"});
  CHECK(world["dave"].gaps == 0);
  world["bob"].is_cut_off = false;
  world.run(minutes(6));
  CHECK(world["bob"].heard.size() == 6);
  CHECK(world["dave"].heard == Texts{"after"});
}
