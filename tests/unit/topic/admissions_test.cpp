// Who is let in, and who is not.

#include "world.hpp"

using namespace taut;
using namespace taut::topic;
using namespace taut::topic::test;
using Texts = std::vector<std::string>;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

introduction::Locator invited_by(World& world, const std::string& name,
                                 const InvitationOptions& options = {}) {
  Topic::Invited invited = must(world[name].topic->invite(options, world.now));
  world.apply(world[name], std::move(invited.step));
  return std::move(invited.link);
}

/// The one that was published last.
Bytes recorded_introduction(const World& world) {
  const auto last = std::ranges::find(world.recorded.rbegin(), world.recorded.rend(), EntryKind::introduction,
                                      [](const auto& one) { return one.first; });
  REQUIRE(last != world.recorded.rend());
  return last->second;
}

}  // namespace

TEST_CASE("an invitation for one lets one in") {
  for (const auto carrier : {World::Carrier::log, World::Carrier::broadcast}) {
    World world(carrier);
    world.topic_of({"alice", "bob"});
    const introduction::Locator link = invited_by(world, "alice");
    world.begin_joining("carol", link);
    world.run(seconds(10));
    world.begin_joining("dave", link);
    world.run(minutes(3));
    CHECK(world["carol"].topic.has_value());
    CHECK_FALSE(world["dave"].topic.has_value());
    CHECK(world["alice"].topic->members().size() == 3);
    CHECK(world["alice"].topic->introductions().empty());
    CHECK(world["bob"].topic->introductions().empty());
  }
}

TEST_CASE("two with the same invitation at the same moment: one is in") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob"});
  const introduction::Locator link = invited_by(world, "bob");
  world.begin_joining("carol", link);
  world.begin_joining("dave", link);
  world.run(minutes(3));
  CHECK(world["carol"].topic.has_value() != world["dave"].topic.has_value());
}

TEST_CASE("a reusable invitation lets many in, until it is revoked") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob"});
  const introduction::Locator link = invited_by(world, "alice", {.uses = 0});
  world.begin_joining("carol", link);
  world.begin_joining("dave", link);
  world.run(seconds(20));
  REQUIRE(world["carol"].topic.has_value());
  REQUIRE(world["dave"].topic.has_value());
  CHECK(in_step(world, {"alice", "bob", "carol", "dave"}));
  world.take(world["alice"], world["alice"].topic->revoke(link.invitation->id, world.now));
  world.begin_joining("erin", link);
  world.run(minutes(3));
  CHECK_FALSE(world["erin"].topic.has_value());
  CHECK(world["alice"].topic->invitations().empty());
}

TEST_CASE("somebody else's invitation is revoked by a commit, and its maker obeys") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob"});
  const introduction::Locator link = invited_by(world, "alice", {.uses = 0});
  world.take(world["bob"], world["bob"].topic->revoke(link.invitation->id, world.now));
  world.run(seconds(5));
  CHECK(world["alice"].topic->settings().is_revoked(link.invitation->id));
  world.begin_joining("erin", link);
  world.run(minutes(3));
  CHECK_FALSE(world["erin"].topic.has_value());
}

TEST_CASE("an invitation expires, and goes with its maker") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob", "carol"});
  const introduction::Locator short_lived = invited_by(world, "alice", {.uses = 0, .life = seconds(60)});
  world.run(minutes(2));
  world.begin_joining("dave", short_lived);
  const introduction::Locator of_carol = invited_by(world, "carol", {.uses = 0});
  world.take(world["alice"],
             world["alice"].topic->remove(world["carol"].id(), AfterRemoval::may_return, world.now));
  world.run(seconds(5));
  world.begin_joining("erin", of_carol);
  world.run(minutes(3));
  CHECK_FALSE(world["dave"].topic.has_value());
  CHECK_FALSE(world["erin"].topic.has_value());
  CHECK(world["alice"].topic->members().size() == 2);
}

TEST_CASE("who is barred stays out, by every way, until it is unbarred") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob", "carol"});
  world.take(world["alice"],
             world["alice"].topic->remove(world["carol"].id(), AfterRemoval::barred, world.now));
  world.run(seconds(5));
  CHECK(world["bob"].topic->settings().is_barred(world["carol"].id()));
  world.begin_joining("carol", invited_by(world, "bob"));
  world.take(world["bob"], world["bob"].topic->admit(minutes(5), 5, world.now));
  world.run(minutes(2));
  CHECK_FALSE(world["carol"].topic.has_value());
  CHECK(world["bob"].topic->members().size() == 2);
  world.take(world["alice"], world["alice"].topic->unbar(world["carol"].id(), world.now));
  world.run(seconds(5));
  world.begin_joining("carol", invited_by(world, "bob"));
  world.run(seconds(20));
  CHECK(world["carol"].topic.has_value());
}

TEST_CASE("a pairing window lets in who comes in time, and no more than it says") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob"});
  world.take(world["alice"], world["alice"].topic->admit(seconds(30), 1, world.now));
  world.begin_joining("carol", world["alice"].topic->locator());
  world.begin_joining("dave", world["alice"].topic->locator());
  world.run(seconds(60));
  CHECK(world["carol"].topic.has_value() != world["dave"].topic.has_value());
  world.begin_joining("erin", world["alice"].topic->locator());
  world.run(seconds(60));
  CHECK_FALSE(world["erin"].topic.has_value());
  CHECK(world["alice"].topic->introductions().size() == 2);
}

TEST_CASE("a yes of somebody the joiner does not know leaves nobody half in: the link's maker follows") {
  for (const auto carrier : {World::Carrier::log, World::Carrier::broadcast}) {
    World world(carrier);
    world.topic_of({"alice", "bob", "carol"});
    world["alice"].is_cut_off = true;
    world.begin_joining("dave", world["alice"].topic->locator());
    world.run(seconds(1));
    world.take(world["bob"],
               world["bob"].topic->welcome(world["dave"].joining->key_package_ref(), world.now));
    world.run(minutes(3));
    CHECK_FALSE(world["dave"].topic.has_value());
    world["alice"].is_cut_off = false;
    world.run(minutes(6));
    CAPTURE(static_cast<int>(carrier));
    REQUIRE(world["dave"].topic.has_value());
    CHECK(in_step(world, {"alice", "bob", "carol", "dave"}));
    world.say("dave", "all of me");
    world.run(seconds(20));
    CHECK(world["carol"].heard.back() == "all of me");
  }
}

TEST_CASE("a pairing window outlasts a restart, and ends in its time") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob"});
  world.take(world["alice"], world["alice"].topic->admit(seconds(60), 2, world.now));
  world.reload(world["alice"]);
  world.begin_joining("carol", world["alice"].topic->locator());
  world.run(seconds(20));
  CHECK(world["carol"].topic.has_value());
  world.run(seconds(20));
  world.reload(world["alice"]);
  world.run(seconds(21));
  world.reload(world["alice"]);
  world.begin_joining("dave", world["alice"].topic->locator());
  world.run(seconds(60));
  CHECK_FALSE(world["dave"].topic.has_value());
}

TEST_CASE("who was declined is not shown again, though it asks again") {
  for (const auto carrier : {World::Carrier::log, World::Carrier::broadcast}) {
    World world(carrier);
    world.topic_of({"alice", "bob"});
    world.begin_joining("carol", world["alice"].topic->locator());
    world.run(seconds(1));
    REQUIRE(world["bob"].topic->introductions().size() == 1);
    const auto ref = world["carol"].joining->key_package_ref();
    world.take(world["bob"], world["bob"].topic->decline(ref));
    world.run(minutes(5));
    world.reload(world["bob"]);
    world.open(world["bob"], recorded_introduction(world));
    CHECK(world["bob"].topic->introductions().empty());
    CHECK(world["bob"].count<Introduced>() == 1);
    CHECK(world["alice"].topic->introductions().size() == 1);
  }
}

TEST_CASE("somebody says yes; two who say it at once add one") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob"});
  world.begin_joining("carol", world["alice"].topic->locator());
  world["carol"].trusted.push_back(world["bob"].id());
  world.settle();
  const auto ref = world["carol"].joining->key_package_ref();
  world.take(world["bob"], world["bob"].topic->welcome(ref, world.now));
  world.take(world["alice"], world["alice"].topic->welcome(ref, world.now));
  world.run(seconds(10));
  REQUIRE(world["carol"].topic.has_value());
  CHECK(in_step(world, {"alice", "bob", "carol"}));
  CHECK(world["alice"].topic->members().size() == 3);
  CHECK(reason_of(world["alice"].topic->welcome(ref, world.now)) == "bad_introduction");
}

TEST_CASE("declined, an introduction is gone; expired, too") {
  World world(World::Carrier::log);
  world.topic_of({"alice"});
  world.begin_joining("bob", world["alice"].topic->locator());
  world.begin_joining("carol", world["alice"].topic->locator());
  world.settle();
  REQUIRE(world["alice"].topic->introductions().size() == 2);
  world.take(world["alice"], world["alice"].topic->decline(world["bob"].joining->key_package_ref()));
  CHECK(world["alice"].topic->introductions().size() == 1);
  world.people_.erase("bob");
  world.people_.erase("carol");
  world.now.wall = *world.now.wall + std::chrono::hours(24 * 8);
  world.run(minutes(1));
  world.take(world["alice"], world["alice"].topic->tick(world.now));
  CHECK(world["alice"].topic->introductions().empty());
}

TEST_CASE("a joiner that starts anew while it waits is let in all the same") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob"});
  world["alice"].is_cut_off = true;
  world.begin_joining("carol", invited_by(world, "alice"));
  world.run(seconds(5));
  world["carol"].joining =
      must(Joining::load(world["carol"].surroundings(), world["carol"].records(), world.now));
  world["alice"].is_cut_off = false;
  world.run(seconds(20));
  REQUIRE(world["carol"].topic.has_value());
  CHECK(world["carol"].store.contains(Bytes{14}) == false);
  world.reload(world["carol"]);
  world.say("alice", "welcome");
  world.settle();
  CHECK(world["carol"].heard == Texts{"welcome"});
}

TEST_CASE("a member that lost everything joins again with the same identity, in its own place") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob", "carol"});
  world.run(seconds(5));
  world.begin_joining("carol", world["alice"].topic->locator());
  world["carol"].trusted.push_back(world["bob"].id());
  world.run(seconds(60));
  REQUIRE(world["carol"].topic.has_value());
  CHECK(in_step(world, {"alice", "bob", "carol"}));
  CHECK(world["alice"].topic->members().size() == 3);
}
