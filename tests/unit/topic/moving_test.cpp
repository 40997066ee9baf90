// The home of a topic: where it moves, and what is heard while it is away.

#include "insider.hpp"
#include "world.hpp"

using namespace taut;
using namespace taut::topic;
using namespace taut::topic::test;
using Texts = std::vector<std::string>;
using std::chrono::seconds;

namespace {

identity::Dispatcher another_home(std::uint64_t seed) {
  const identity::Identity node = taut::test::person(seed);
  return {node.node_id(), node.card().link_keys.front(), {{identity::Carrier::tcp, "127.0.0.2", 7420}}};
}

Order with_home(identity::Dispatcher home) { return LogOrder{{std::move(home)}}; }

std::vector<EntryKind> kinds_of(const Step& step) {
  std::vector<EntryKind> kinds;
  for (const Entry& entry : step.publish) kinds.push_back(entry.kind);
  return kinds;
}

}  // namespace

TEST_CASE("a topic that moves goes on at its new home, in a log of its own") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob", "carol"});
  const LogId before = world["alice"].topic->settings().log_id;
  world.say("bob", "at the old home");
  world.run(seconds(5));
  world.take(world["alice"], world["alice"].topic->set({.order = with_home(another_home(77))}, world.now));
  world.run(seconds(10));
  REQUIRE(in_step(world, {"alice", "bob", "carol"}));
  const Settings& settings = world["bob"].topic->settings();
  CHECK(settings.log_id != before);
  CHECK(settings.moves == 1);
  CHECK(settings.log_epoch == world["bob"].topic->epoch());
  CHECK(world["bob"].topic->locator().log_id == settings.log_id);

  const std::size_t left = world.log.size();
  world.say("bob", "at the new one");
  world.run(seconds(5));
  CHECK(world["alice"].heard == Texts{"at the old home", "at the new one"});
  CHECK(world["carol"].heard == world["alice"].heard);
  CHECK(world.log.size() == left);
  CHECK(world["bob"].topic->outbox_count() == 0);

  world.reload(world["carol"]);
  world.join("bob", "dave");
  world.take(world["carol"],
             world["carol"].topic->remove(world["alice"].id(), AfterRemoval::may_return, world.now));
  world.run(seconds(10));
  CHECK(in_step(world, {"bob", "carol", "dave"}));
  CHECK(world["alice"].topic->standing() == Standing::closed);
  world.say("dave", "and on");
  world.run(seconds(5));
  CHECK(world["carol"].heard.back() == "and on");
  CHECK(world["carol"].gaps == 0);
}

TEST_CASE("a move and what was under way: said at the old home, heard at the new one, once") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob", "carol"});
  world.take(world["alice"], world["alice"].topic->set({.order = with_home(another_home(77))}, world.now));
  world.say("bob", "before I saw it");
  world.take(world["carol"], world["carol"].topic->set({.order = with_home(another_home(78))}, world.now));
  world.run(seconds(10));
  REQUIRE(in_step(world, {"alice", "bob", "carol"}));
  CHECK(world["alice"].topic->settings().moves == 2);
  CHECK(world["alice"].heard == Texts{"before I saw it"});
  CHECK(world["carol"].heard == Texts{"before I saw it"});
  CHECK(world["bob"].topic->outbox_count() == 0);
}

TEST_CASE("invitations and who asks to be let in do not move along, and those who decide are told") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob"});
  const auto invited = must(world["alice"].topic->invite({}, world.now));
  world.begin_joining("dave", world["alice"].topic->locator());
  world.settle();
  REQUIRE(world["alice"].topic->introductions().size() == 1);
  world.take(world["alice"], world["alice"].topic->set({.order = with_home(another_home(77))}, world.now));
  world.run(seconds(10));
  CHECK(world["alice"].topic->introductions().empty());
  CHECK(world["alice"].topic->invitations().empty());
  world.reload(world["alice"]);
  CHECK(world["alice"].topic->settings().moves == 1);
}

TEST_CASE("a log changes when the home does, and not otherwise") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob"});
  const Settings before = world["alice"].topic->settings();
  const std::uint64_t next_epoch = world["alice"].topic->epoch() + 1;
  CHECK(may_follow(before, before, next_epoch));
  Settings other = before;
  other.log_id = LogId{};
  CHECK_FALSE(may_follow(before, other, next_epoch));
  other = before;
  ++other.moves;
  CHECK_FALSE(may_follow(before, other, next_epoch));
  other = before;
  other.log_epoch = next_epoch;
  CHECK_FALSE(may_follow(before, other, next_epoch));
  other = before;
  other.wrap_key = WrapKeyBytes{};
  CHECK_FALSE(may_follow(before, other, next_epoch));

  Settings moved = before;
  moved.order = with_home(another_home(77));
  CHECK_FALSE(may_follow(before, moved, next_epoch));
  move_log(moved, next_epoch, world["alice"].random);
  CHECK(may_follow(before, moved, next_epoch));
  CHECK_FALSE(may_follow(before, moved, next_epoch + 1));
  moved.moves = 0;
  CHECK_FALSE(may_follow(before, moved, next_epoch));

  other = before;
  std::get<LogOrder>(other.order).homes.push_back(another_home(77));
  CHECK(may_follow(before, other, next_epoch));
  other.order = CommitterOrder{{world["alice"].id()}, seconds(30), {}};
  CHECK_FALSE(may_follow(before, other, next_epoch));
}

TEST_CASE("heard on a fallback while the home is away, and not once more when it is back") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob", "carol"});
  CHECK(must(world["alice"].topic->fallback_log()) == must(world["bob"].topic->fallback_log()));
  Topic::Sealed sealed =
      must(world["alice"].topic->seal({.body = to_bytes(as_bytes("meanwhile"))}, world.now));
  REQUIRE(kinds_of(sealed.step) == std::vector{EntryKind::message});
  const Bytes entry = sealed.step.publish.front().bytes;
  for (const char* name : {"alice", "bob", "carol"}) world.open(world[name], entry);
  CHECK(world["bob"].heard == Texts{"meanwhile"});
  CHECK(world["alice"].topic->outbox_count() == 1);  // it has no place in the log yet
  world.apply(world["alice"], std::move(sealed.step));
  world.run(seconds(5));
  CHECK(world["alice"].topic->outbox_count() == 0);
  CHECK(world["bob"].heard == Texts{"meanwhile"});
  CHECK(world["carol"].heard == Texts{"meanwhile"});
  const LogId before = must(world["alice"].topic->fallback_log());
  world.take(world["alice"], world["alice"].topic->update(world.now));
  world.run(seconds(5));
  CHECK(must(world["alice"].topic->fallback_log()) != before);
}

TEST_CASE("sealed anew after an epoch that a fallback did not see, a message is heard once") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob", "carol"});
  Topic::Sealed sealed =
      must(world["alice"].topic->seal({.body = to_bytes(as_bytes("meanwhile"))}, world.now));
  world.open(world["bob"], sealed.step.publish.front().bytes);
  CHECK(world["bob"].heard == Texts{"meanwhile"});
  world["alice"].is_cut_off = true;
  world.apply(world["alice"], std::move(sealed.step));
  world.take(world["carol"], world["carol"].topic->update(world.now));
  world.run(seconds(5));
  world["alice"].is_cut_off = false;
  world.run(seconds(30));
  REQUIRE(in_step(world, {"alice", "bob", "carol"}));
  CHECK(world["bob"].heard == Texts{"meanwhile"});
  CHECK(world["carol"].heard == Texts{"meanwhile"});
  CHECK(world["alice"].topic->outbox_count() == 0);
}
