// Messages in a topic with a log: each once, in order, to those who were there.

#include "world.hpp"

using namespace taut;
using namespace taut::topic;
using namespace taut::topic::test;
using Texts = std::vector<std::string>;

TEST_CASE("three people talk over a log") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob", "carol"});
  REQUIRE(in_step(world, {"alice", "bob", "carol"}));
  CHECK(world["bob"].topic->members().size() == 3);
  world.say("alice", "one");
  world.say("bob", "two");
  world.say("alice", "three");
  world.settle();
  CHECK(world["carol"].heard == Texts{"one", "two", "three"});
  CHECK(world["bob"].heard == Texts{"one", "three"});
  CHECK(world["alice"].count<Acknowledged>() == 2);
  CHECK(world["alice"].topic->outbox_count() == 0);
  CHECK(world["carol"].gaps == 0);
}
