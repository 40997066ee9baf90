// Puts and their outcomes: docs/protocol/dispatcher.md, "Puts".

#include "world.hpp"

using namespace taut;
using namespace taut::test;
using frame::OutcomeState;

namespace {

const NodeId kAlice = node_named("alice");
const NodeId kBob = node_named("bob");

frame::OutcomeState outcome_after(World& world, dispatcher::ConnectionId from) {
  world.settle();
  return world.next<frame::Outcome>(from).state;
}

}  // namespace

TEST_CASE("a put is stored when its operation is durable, and not before") {
  World world;
  world.add_node(kBob);
  const auto alice = world.connect(kAlice);
  world.put(alice, kBob, "one", "hello", 7);
  world.store_one();  // bob's record
  CHECK(world.frames_waiting(alice) == 0);
  REQUIRE(world.asked.size() == 1);
  world.store_one();
  const auto outcome = world.next<frame::Outcome>(alice);
  CHECK(outcome.state == OutcomeState::stored);
  CHECK(outcome.request == 7);
  CHECK(outcome.submission == submission_named("one"));
  CHECK(equal(world.store.nodes.at(kBob).messages.at(1).body, as_bytes("hello")));
}

TEST_CASE("a put that the store could not take is full for now, counts for nothing, and may come again") {
  World world;
  world.add_node(kBob);
  const auto alice = world.connect(kAlice);
  world.put(alice, kBob, "one", "hello");
  world.store_one();
  world.fail_one(Errc::exhausted);
  const auto outcome = world.next<frame::Outcome>(alice);
  CHECK(outcome.state == OutcomeState::full);
  CHECK(outcome.retry_after_s > 0);
  CHECK(world.dispatcher.counters().stored_messages == 0);
  CHECK(world.dispatcher.counters().buffered_put_bytes == 0);
  world.put(alice, kBob, "one", "hello");
  CHECK(outcome_after(world, alice) == OutcomeState::stored);
}

TEST_CASE("a record that cannot be read: full for now, and the next put tries again") {
  World world;
  world.add_node(kBob);
  const auto alice = world.connect(kAlice);
  world.put(alice, kBob, "one", "hello");
  world.fail_one();
  CHECK(world.next<frame::Outcome>(alice).state == OutcomeState::full);
  world.put(alice, kBob, "one", "hello");
  CHECK(outcome_after(world, alice) == OutcomeState::stored);
}

TEST_CASE("the same submission again has the same outcome, one row, whatever has happened since") {
  World world;
  world.add_node(kBob);
  const auto alice = world.connect(kAlice);
  const auto again = [&] {
    world.put(alice, kBob, "one", "hello");
    return outcome_after(world, alice);
  };
  CHECK(again() == OutcomeState::stored);
  CHECK(again() == OutcomeState::stored);
  CHECK(world.store.nodes.at(kBob).messages.size() == 1);
  CHECK(world.dispatcher.counters().stored_messages == 1);

  const auto bob = world.connect(kBob);
  world.say(bob, frame::Subscribe{1, frame::Until::closed, 1000, {}});
  world.settle();
  world.say(bob, frame::Release{2, {{1, 1}}, {}});
  world.settle();
  CHECK(again() == OutcomeState::released);
  CHECK(world.store.nodes.at(kBob).messages.empty());
}

TEST_CASE("two in flight with one submission ID: one is stored, both are told so") {
  World world;
  world.add_node(kBob);
  const auto alice = world.connect(kAlice);
  world.put(alice, kBob, "one", "hello", 1);
  world.put(alice, kBob, "one", "hello", 2);
  world.settle();
  CHECK(world.next<frame::Outcome>(alice).state == OutcomeState::stored);
  CHECK(world.next<frame::Outcome>(alice).state == OutcomeState::stored);
  CHECK(world.store.nodes.at(kBob).messages.size() == 1);
  CHECK(world.dispatcher.counters().stored_messages == 1);
}

TEST_CASE("other bytes under a known submission ID are declined and change nothing") {
  World world;
  world.add_node(kBob);
  const auto alice = world.connect(kAlice);
  world.put(alice, kBob, "one", "hello");
  CHECK(outcome_after(world, alice) == OutcomeState::stored);
  world.put(alice, kBob, "one", "HELLO");
  CHECK(outcome_after(world, alice) == OutcomeState::declined);
  CHECK(equal(world.store.nodes.at(kBob).messages.at(1).body, as_bytes("hello")));
}

TEST_CASE("submission IDs of different inboxes have nothing to do with each other") {
  World world;
  world.add_node(kAlice);
  world.add_node(kBob);
  const auto alice = world.connect(kAlice);
  world.put(alice, kBob, "one", "hello");
  CHECK(outcome_after(world, alice) == OutcomeState::stored);
  world.put(alice, kAlice, "one", "other");
  CHECK(outcome_after(world, alice) == OutcomeState::stored);
}

TEST_CASE("an inbox that is not here declines") {
  World world;
  const auto alice = world.connect(kAlice);
  world.put(alice, kBob, "one", "hello");
  CHECK(outcome_after(world, alice) == OutcomeState::declined);
}

TEST_CASE("a full inbox: by messages, by bytes; what is in it already is still stored") {
  World world;
  world.add_node(kBob);
  const auto alice = world.connect(kAlice);
  for (const auto* name : {"1", "2", "3", "4", "5"}) {
    world.put(alice, kBob, name, "hello");
    CHECK(outcome_after(world, alice) == OutcomeState::stored);
  }
  world.put(alice, kBob, "6", "hello");
  world.settle();
  const auto full = world.next<frame::Outcome>(alice);
  CHECK(full.state == OutcomeState::full);
  CHECK(full.retry_after_s > 0);
  world.put(alice, kBob, "5", "hello");
  CHECK(outcome_after(world, alice) == OutcomeState::stored);
  world.put(alice, kBob, "5", "other");
  CHECK(outcome_after(world, alice) == OutcomeState::declined);
}

TEST_CASE("the quota counts what is on its way to the store") {
  World world;
  world.add_node(kBob);
  const auto alice = world.connect(kAlice);
  for (int i = 0; i < 6; ++i) world.put(alice, kBob, std::to_string(i), "hello");
  world.settle();
  for (int i = 0; i < 5; ++i) CHECK(world.next<frame::Outcome>(alice).state == OutcomeState::stored);
  CHECK(world.next<frame::Outcome>(alice).state == OutcomeState::full);
}

TEST_CASE("a quota in bytes, and one for the whole store") {
  auto settings = small_settings();
  settings.limits.store_bytes_max = 5000;
  World world(settings);
  world.add_node(kAlice);
  world.add_node(kBob);
  const auto alice = world.connect(kAlice);
  const std::string large(3000, 'x');
  world.put(alice, kBob, "1", large);
  CHECK(outcome_after(world, alice) == OutcomeState::stored);
  world.put(alice, kBob, "2", large.substr(0, 1001));
  CHECK(outcome_after(world, alice) == OutcomeState::full);
  world.put(alice, kBob, "3", large.substr(0, 1000));
  CHECK(outcome_after(world, alice) == OutcomeState::stored);
  world.put(alice, kAlice, "4", large.substr(0, 1001));
  CHECK(outcome_after(world, alice) == OutcomeState::full);
  world.put(alice, kAlice, "5", large.substr(0, 1000));
  CHECK(outcome_after(world, alice) == OutcomeState::stored);
}

TEST_CASE("what the store held before the start counts") {
  World before;
  before.add_node(kBob);
  const auto early = before.connect(kAlice);
  for (int i = 0; i < 5; ++i) before.put(early, kBob, std::to_string(i), "hello");
  before.settle();

  World world;
  world.store = before.store;
  const auto alice = world.connect(kAlice);
  CHECK(world.dispatcher.counters().stored_messages == 5);
  world.put(alice, kBob, "6", "hello");
  CHECK(outcome_after(world, alice) == OutcomeState::full);
}

TEST_CASE("queue numbers go on after a restart, also when the inbox is empty") {
  World before;
  before.add_node(kBob);
  const auto early = before.connect(kBob);
  before.put(early, kBob, "1", "hello");
  before.say(early, frame::Subscribe{1, frame::Until::closed, 1000, {}});
  before.settle();
  before.say(early, frame::Release{2, {{1, 1}}, {}});
  before.settle();

  World world;
  world.store = before.store;
  const auto alice = world.connect(kAlice);
  world.put(alice, kBob, "2", "hello");
  world.settle();
  CHECK(world.store.nodes.at(kBob).messages.begin()->first == 2);
}

TEST_CASE("a message lives as long as asked, at most as long as the dispatcher says") {
  World world;
  world.add_node(kBob);
  const auto alice = world.connect(kAlice);
  const auto expires_after = [&](std::uint32_t ttl_s, std::string_view name) {
    frame::Put put{1, kBob, submission_named(name), ttl_s, frame::Keep::stored, 1, {}, as_bytes("x"), {}};
    world.say(alice, put);
    world.settle();
    const auto& newest = world.store.nodes.at(kBob).messages.rbegin()->second;
    return (newest.expires.unix_ms - newest.received.unix_ms) / 1000;
  };
  CHECK(expires_after(60, "1") == 60);
  CHECK(expires_after(0, "2") == 30 * 24 * 3600);
  CHECK(expires_after(0xffffffff, "3") == 30 * 24 * 3600);
}

TEST_CASE("outcome queries: unknown, stored, expired before the sweeper came, failed") {
  World world;
  world.add_node(kBob);
  const auto alice = world.connect(kAlice);
  const auto ask = [&] {
    world.say(alice, frame::OutcomeQuery{3, kBob, submission_named("one"), {}});
    return outcome_after(world, alice);
  };
  CHECK(ask() == OutcomeState::unknown);
  world.say(alice, frame::Put{1, kBob, submission_named("one"), 30, {}, 1, {}, as_bytes("x"), {}});
  CHECK(outcome_after(world, alice) == OutcomeState::stored);
  CHECK(ask() == OutcomeState::stored);
  world.pass(31s);
  CHECK(ask() == OutcomeState::expired);
  world.say(alice, frame::OutcomeQuery{3, kBob, submission_named("one"), {}});
  world.asked.erase(world.asked.begin(), world.asked.end() - 1);
  world.fail_one();
  CHECK(world.next<frame::Outcome>(alice).state == OutcomeState::full);
}

TEST_CASE("the sender may go before the outcome comes: the message is stored all the same") {
  World world;
  world.add_node(kBob);
  const auto alice = world.connect(kAlice);
  world.put(alice, kBob, "one", "hello");
  world.disconnect(alice);
  world.settle();
  CHECK(world.store.nodes.at(kBob).messages.size() == 1);
  CHECK(world.dispatcher.counters().buffered_put_bytes == 0);
}

TEST_CASE("the put window: over it is full for now, and it opens again with each outcome") {
  auto settings = small_settings();
  settings.limits.put_bytes_max = 2 * (100 + frame::kPutCost);
  World world(settings);
  world.add_node(kBob);
  const auto alice = world.connect(kAlice);
  const std::string text(100, 'x');
  for (int i = 0; i < 3; ++i) world.put(alice, kBob, std::to_string(i), text, static_cast<unsigned>(i));
  const auto refused = world.next<frame::Outcome>(alice);
  CHECK(refused.request == 2);
  CHECK(refused.state == OutcomeState::full);
  world.settle();
  CHECK(world.next<frame::Outcome>(alice).state == OutcomeState::stored);
  CHECK(world.next<frame::Outcome>(alice).state == OutcomeState::stored);
  world.put(alice, kBob, "2", text);
  CHECK(outcome_after(world, alice) == OutcomeState::stored);
}

TEST_CASE("all put windows together have a limit of their own") {
  auto settings = small_settings();
  settings.limits.put_bytes_total_max = 100 + frame::kPutCost;
  World world(settings);
  world.add_node(kBob);
  const auto alice = world.connect(kAlice);
  const auto carol = world.connect(node_named("carol"));
  const std::string text(100, 'x');
  world.put(alice, kBob, "1", text);
  world.put(carol, kBob, "2", text);
  CHECK(world.next<frame::Outcome>(carol).state == OutcomeState::full);
  world.settle();
  world.put(carol, kBob, "2", text);
  CHECK(outcome_after(world, carol) == OutcomeState::stored);
}
