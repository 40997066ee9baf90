// Commits in the order of a log: the first that is valid counts, and nobody's wish is lost.

#include "insider.hpp"

using namespace taut;
using namespace taut::topic;
using namespace taut::topic::test;
using Texts = std::vector<std::string>;
using std::chrono::seconds;

TEST_CASE("commits of the same moment: one counts, the others are done again") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob", "carol", "dave"});
  const std::uint64_t before = world["alice"].topic->epoch();
  world.take(world["alice"],
             world["alice"].topic->remove(world["dave"].id(), AfterRemoval::may_return, world.now));
  world.take(world["bob"], world["bob"].topic->update(world.now));
  world.take(world["carol"], world["carol"].topic->set({.name = "a new name"}, world.now));
  world.run(seconds(10));
  REQUIRE(in_step(world, {"alice", "bob", "carol"}));
  CHECK(world["alice"].topic->epoch() == before + 3);
  CHECK(world["alice"].topic->members().size() == 3);
  CHECK(world["bob"].topic->settings().name == "a new name");
  CHECK(world["dave"].topic->standing() == Standing::closed);
  REQUIRE(world["dave"].last<Closed>() != nullptr);
  CHECK(world["dave"].last<Closed>()->by == world["alice"].id());
}

TEST_CASE("a message that lost against a commit is sealed again, and heard once") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob", "carol"});
  world.take(world["alice"], world["alice"].topic->update(world.now));
  world.say("bob", "before I saw it");
  world.say("bob", "and after it");
  world.run(seconds(3));
  CHECK(world["alice"].heard == Texts{"before I saw it", "and after it"});
  CHECK(world["carol"].heard == Texts{"before I saw it", "and after it"});
  CHECK(world["bob"].topic->outbox_count() == 0);
  CHECK(world["carol"].gaps == 0);
}

TEST_CASE("who was removed says and hears nothing more; its words come back to it") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob", "carol"});
  world.take(world["alice"],
             world["alice"].topic->remove(world["carol"].id(), AfterRemoval::may_return, world.now));
  world.say("carol", "too late");
  world.run(seconds(3));
  world.say("alice", "without carol");
  world.run(seconds(3));
  CHECK(world["bob"].heard == Texts{"without carol"});
  CHECK(world["carol"].heard.empty());
  CHECK(world["carol"].unsent == Texts{"too late"});
  CHECK_FALSE(world["carol"].topic->seal({.body = Bytes(3)}, world.now).has_value());
  CHECK(world["carol"].store.size() == 2);  // header and settings: no key is left
  world.reload(world["carol"]);
  CHECK(world["carol"].topic->standing() == Standing::closed);
}

TEST_CASE("leaving: somebody commits it, and the one who left is told") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob", "carol"});
  world.say("carol", "good bye");
  world.take(world["carol"], world["carol"].topic->leave(world.now));
  CHECK_FALSE(world["carol"].topic->seal({.body = Bytes(3)}, world.now).has_value());
  world.run(seconds(10));
  CHECK(world["alice"].heard == Texts{"good bye"});
  CHECK(world["alice"].topic->members().size() == 2);
  REQUIRE(world["carol"].last<Closed>() != nullptr);
  CHECK(world["carol"].last<Closed>()->why == Closed::Why::left);
  CHECK(world["carol"].unsent.empty());
}

TEST_CASE("a commit that does not hold locks nobody out") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob", "carol", "mallory"});
  Insider mallory(world["mallory"], world.now);
  const std::uint64_t before = world["alice"].topic->epoch();
  world.log.push_back(mallory.half_valid_commit([](std::size_t) { return false; }));
  world.settle();
  for (const char* name : {"alice", "bob", "carol"}) {
    CHECK(world[name].topic->epoch() == before);
    CHECK(world[name].count<Refused>() == 1);
  }
  world.say("alice", "still here");
  world.take(world["bob"],
             world["bob"].topic->remove(world["mallory"].id(), AfterRemoval::barred, world.now));
  world.run(seconds(20));
  CHECK(in_step(world, {"alice", "bob", "carol"}));
  CHECK(world["carol"].heard == Texts{"still here"});
  CHECK(world["alice"].topic->epoch() == before + 1);
}

TEST_CASE("what a topic's own rules forbid is no commit, whatever MLS says") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob", "mallory"});
  const std::uint64_t before = world["alice"].topic->epoch();
  Settings other = world["alice"].topic->settings();
  other.log_id = introduction::LogId{};
  mls::Extensions changed;
  changed.set(introduction::kTopicExtension, encode(other));
  mls::Extensions none;
  Insider mallory(world["mallory"], world.now);
  // Again with a leaf for somebody who has one.
  const auto twice = must(introduction::make_key_package(
      world["bob"].identity.signature_key(), {.sequence = world.now.wall->unix_ms + 5},
      mls::lifetime_from(*world.now.wall, std::chrono::hours(1)), world["bob"].random));
  world.log.push_back(mallory.commit({{mls::GroupContextExtensions{changed}}}));
  world.log.push_back(mallory.commit({{mls::GroupContextExtensions{none}}}));
  world.log.push_back(mallory.commit({{mls::Add{twice.key_package}}}));
  world.log.push_back(mallory.propose({mls::Remove{mls::LeafIndex{0}}}));
  world.settle();
  CHECK(world["alice"].topic->epoch() == before);
  CHECK(world["alice"].count<Refused>() == 4);
  world.say("alice", "no proposal is in the way");
  world.settle();
  CHECK(world["bob"].heard == Texts{"no proposal is in the way"});
}

TEST_CASE("epochs have access keys; a commit names its successor's") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob"});
  Step step = must(world["alice"].topic->update(world.now));
  REQUIRE(step.publish.size() == 1);
  REQUIRE(step.publish[0].successor.has_value());
  CHECK(step.publish[0].epoch == world["alice"].topic->epoch());
  const AccessPublic successor = *step.publish[0].successor;
  world.apply(world["alice"], std::move(step));
  world.run(seconds(3));
  const auto key = must(world["bob"].topic->access_key(world["bob"].topic->epoch()));
  CHECK(equal(key.public_key.bytes.view(), successor.view()));
  CHECK(must(world["alice"].topic->access_key(world["alice"].topic->epoch() - 1)).public_key !=
        key.public_key);
}
