// What time removes: docs/protocol/dispatcher.md, "Time".

#include "dispatcher/moment.hpp"
#include "world.hpp"

using namespace taut;
using namespace taut::test;

namespace {

const NodeId kAlice = node_named("alice");
const NodeId kBob = node_named("bob");

void put_for(World& world, dispatcher::ConnectionId from, std::string_view name, std::uint32_t ttl_s) {
  world.say(from, frame::Put{1, kBob, submission_named(name), ttl_s, {}, 1, {}, as_bytes("x"), {}});
  world.settle();
}

// Time passes, and the store does what it is asked.
void live(World& world, Duration time) {
  for (const Instant end = world.at.now + time; world.at.now < end;) {
    world.pass(std::min<Duration>(5s, end - world.at.now));
    world.settle();
  }
}

}  // namespace

TEST_CASE("expired messages go, and the quota with them; their outcome is kept for as long as promised") {
  auto settings = small_settings();
  settings.limits.outcome_keep = std::chrono::seconds(600);
  World world(settings);
  world.add_node(kBob);
  put_for(world, world.connect(kAlice), "1", 30);
  put_for(world, world.connect(kAlice), "2", 3600);
  CHECK(world.dispatcher.counters().stored_messages == 2);
  live(world, 100s);
  CHECK(world.store.nodes.at(kBob).messages.size() == 1);
  CHECK(world.store.nodes.at(kBob).submissions.size() == 2);
  CHECK(world.dispatcher.counters().stored_messages == 1);
  CHECK(world.dispatcher.counters().messages_expired == 1);
  live(world, 600s);
  CHECK(world.store.nodes.at(kBob).submissions.size() == 1);
  live(world, 4000s);
  CHECK(world.store.nodes.at(kBob).messages.empty());
  live(world, 600s);
  CHECK(world.store.nodes.at(kBob).submissions.empty());
  CHECK(world.dispatcher.counters().stored_bytes == 0);
}

TEST_CASE("a long sweep goes in steps until nothing is left") {
  auto settings = small_settings();
  settings.limits.sweep_rows_max = 2;
  World world(settings);
  world.add_node(kBob);
  const auto alice = world.connect(kAlice);
  for (const auto* name : {"1", "2", "3", "4", "5"}) put_for(world, alice, name, 30);
  live(world, 95s);
  CHECK(world.store.nodes.at(kBob).messages.empty());
}

TEST_CASE("a sweep that failed is tried again at the next turn, one that is not answered is not doubled") {
  World world;
  world.add_node(kBob);
  put_for(world, world.connect(kAlice), "1", 10);
  live(world, 21s);  // past the erasure after the start
  world.pass(200s);
  REQUIRE(world.asked.size() == 3);
  CHECK(std::holds_alternative<dispatcher::Sweep>(world.asked[0].operation));
  CHECK(std::holds_alternative<dispatcher::SweepLogs>(world.asked[1].operation));
  CHECK(std::holds_alternative<dispatcher::SweepPackages>(world.asked[2].operation));
  for (int i = 0; i < 3; ++i) world.fail_one();
  live(world, 61s);
  CHECK(world.store.nodes.at(kBob).messages.empty());
}

TEST_CASE("what was released is erased from the files within a minute, also when the first try fails") {
  for (const int failures : {0, 1, 3}) {
    CAPTURE(failures);
    World world;
    world.add_node(kBob);
    const auto bob = world.connect(kBob);
    live(world, 30s);
    CHECK(world.store.erased_count == 1);  // what a crash may have left
    world.put(bob, kBob, "1", "hello");
    world.say(bob, frame::Subscribe{1, frame::Until::drained, 1000, {}});
    world.settle();
    world.say(bob, frame::Release{2, {{1, 1}}, {}});
    world.settle();
    CHECK(world.store.is_dirty);
    const auto released_at = world.at.now;
    for (int i = 0; i < failures; ++i) {
      while (world.asked.empty()) world.pass(1s);
      world.fail_one();
    }
    while (world.store.is_dirty && world.at.now - released_at < 60s) live(world, 1s);
    CHECK_FALSE(world.store.is_dirty);
    CHECK(world.store.erased_count == 2);
  }
}

TEST_CASE("nothing removed: nothing to erase") {
  World world;
  live(world, 1000s);
  CHECK(world.store.erased_count == 1);
}

TEST_CASE("a wall clock that jumps ahead expires nothing until it has stayed there") {
  World world;
  world.add_node(kBob);
  const auto alice = world.connect(kAlice);
  put_for(world, alice, "1", 24 * 3600);
  const auto years = std::chrono::milliseconds(std::chrono::days(3650));
  world.at.wall = world.at.wall + years;
  live(world, 1800s);
  CHECK(world.store.nodes.at(kBob).messages.size() == 1);
  world.at.wall = {world.at.wall.unix_ms - static_cast<std::uint64_t>(years.count())};
  live(world, 7200s);
  CHECK(world.store.nodes.at(kBob).messages.size() == 1);
  world.at.wall = world.at.wall + years;
  live(world, 3800s);
  CHECK(world.store.nodes.at(kBob).messages.empty());
}

TEST_CASE("what comes while the wall clock is years back lives as long as it should") {
  World world;
  world.add_node(kBob);
  const auto years = static_cast<std::uint64_t>(std::chrono::milliseconds(std::chrono::days(3650)).count());
  world.at.wall = {world.at.wall.unix_ms - years};
  const auto alice = world.connect(kAlice);
  put_for(world, alice, "1", 24 * 3600);
  world.at.wall = {world.at.wall.unix_ms + years};
  // A process that starts now would go by it.
  const auto& stored = world.store.nodes.at(kBob).messages.begin()->second;
  CHECK(stored.expires > world.at.wall);
}

TEST_CASE("the careful wall clock") {
  dispatcher::CarefulWall wall(10s, 60s);
  const auto at = [&](std::int64_t now_s, std::uint64_t wall_s) {
    return wall.believe({{std::chrono::seconds(now_s)}, {wall_s * 1000}}).unix_ms / 1000;
  };
  CHECK(at(0, 1000) == 1000);
  CHECK(at(5, 1015) == 1015);   // 10 s ahead is drift
  CHECK(at(6, 1027) == 1016);   // 11 s is a jump
  CHECK(at(20, 1041) == 1030);  // time goes on meanwhile
  CHECK(at(30, 1040) == 1040);  // and it was a mistake
  CHECK(at(31, 2000) == 1041);
  CHECK(at(90, 2059) == 1100);
  CHECK(at(91, 2060) == 2060);  // it has stayed
  CHECK(at(92, 2055) == 2055);  // a little back is drift
  CHECK(at(93, 10) == 2056);    // far back is a jump, too
  CHECK(at(94, 2057) == 2057);
  CHECK(at(95, 10) == 2058);
  CHECK(at(155, 70) == 70);  // and is believed when it has stayed
}

TEST_CASE("a node whose card has expired goes when its inbox is empty and it is not connected") {
  auto settings = small_settings();
  bool goes = true;
  SUBCASE("open") {}
  SUBCASE("closed: it could not come back by itself") {
    settings.policy = frame::Policy::closed;
    goes = false;
  }
  World world(settings);
  world.add_node(kAlice);
  world.add_node(kBob);
  auto& bob = world.store.nodes.at(kBob);
  bob.record.card_sequence = 5;
  bob.card = MemoryStore::Card{world.at.wall + std::chrono::seconds(30), {1}};
  const auto alice = world.connect(kAlice);
  put_for(world, alice, "1", 300);

  live(world, 125s);
  CHECK_FALSE(world.store.nodes.at(kBob).card);  // its message waits
  const auto owner = world.connect(kBob);
  for (int i = 0; i < 5; ++i) {
    live(world, 60s);
    world.say(owner, frame::Ping{1});
  }
  CHECK(world.store.nodes.at(kBob).messages.empty());
  REQUIRE(world.store.nodes.contains(kBob));  // it is here
  world.disconnect(owner);
  live(world, 125s);
  CHECK(world.store.nodes.contains(kBob) == !goes);
  CHECK(world.store.nodes.contains(kAlice));  // never had a card
  CHECK(world.dispatcher.counters().operations_open == 0);
}

TEST_CASE("who comes back while his row goes is told to come again, and registers") {
  World world;
  world.add_node(kBob);
  world.store.nodes.at(kBob).record.card_sequence = 5;
  world.pass(65s);
  while (!world.asked.empty() &&
         !std::holds_alternative<dispatcher::RemoveNode>(world.asked.front().operation))
    world.store_one();
  REQUIRE_FALSE(world.asked.empty());
  const dispatcher::ConnectionId late = world.connect(kBob);
  CHECK(world.closed(late) == frame::GoodbyeReason::unavailable);
  const dispatcher::ConnectionId again = world.connect(kBob);
  CHECK_FALSE(world.closed(again).has_value());
}
