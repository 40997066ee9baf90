// What nodes deposit about themselves: docs/protocol/dispatcher.md, "State" and "Devices".

#include "world.hpp"

using namespace taut;
using namespace taut::test;
using frame::AnswerStatus;

namespace {

const NodeId kAlice = node_named("alice");
const NodeId kBob = node_named("bob");
const NodeId kCarol = node_named("carol");

AnswerStatus publish(World& world, dispatcher::ConnectionId from, std::uint64_t sequence,
                     std::string_view record) {
  return world.ask<frame::Answer>(from, frame::PublishState{1, sequence, as_bytes(record), {}}).status;
}

std::optional<std::string> look_up(World& world, dispatcher::ConnectionId from) {
  const auto answer = world.ask<frame::StateAnswer>(from, frame::LookUpState{2, {}});
  return answer.record ? std::optional(std::string(as_text(*answer.record))) : std::nullopt;
}

}  // namespace

TEST_CASE("state: the highest sequence is kept, a copy that lags behind is told") {
  World world;
  world.add_node(kBob);
  const auto bob = world.connect(kBob);
  CHECK(look_up(world, bob) == std::nullopt);
  CHECK(publish(world, bob, 0, "zero") == AnswerStatus::done);
  CHECK(publish(world, bob, 5, "five") == AnswerStatus::done);
  CHECK(publish(world, bob, 5, "five") == AnswerStatus::done);
  CHECK(publish(world, bob, 5, "FIVE") == AnswerStatus::stale);
  CHECK(publish(world, bob, 4, "four") == AnswerStatus::stale);
  CHECK(look_up(world, bob) == "five");
  const auto copy = world.connect(kBob);
  CHECK(publish(world, copy, 5, "copy") == AnswerStatus::stale);
  CHECK(look_up(world, copy) == "five");
}

TEST_CASE("state: two in flight keep their order, and one that failed is forgotten") {
  World world;
  world.add_node(kBob);
  const auto bob = world.connect(kBob);
  world.say(bob, frame::PublishState{1, 6, as_bytes("six"), {}});
  world.say(bob, frame::PublishState{2, 5, as_bytes("five"), {}});
  CHECK(world.next<frame::Answer>(bob).request == 2);
  world.fail_one(Errc::exhausted);
  CHECK(world.next<frame::Answer>(bob).status == AnswerStatus::full);
  CHECK(look_up(world, bob) == std::nullopt);
  CHECK(publish(world, bob, 5, "five") == AnswerStatus::done);
}

TEST_CASE("state survives a restart, and is nobody else's to see or change") {
  World before;
  before.add_node(kBob);
  publish(before, before.connect(kBob), 5, "five");
  World world;
  world.store = before.store;
  const auto bob = world.connect(kBob);
  CHECK(look_up(world, bob) == "five");
  CHECK(publish(world, bob, 4, "four") == AnswerStatus::stale);
  world.add_node(kAlice);
  const auto alice = world.connect(kAlice);
  CHECK(look_up(world, alice) == std::nullopt);
  CHECK(publish(world, alice, 9, "nine") == AnswerStatus::done);
  CHECK(look_up(world, bob) == "five");
}

TEST_CASE("devices: a node sees itself and who lets it; not others, not those that are not here") {
  World world;
  for (const NodeId& node : {kAlice, kBob, kCarol}) world.add_node(node);
  const auto alice = world.connect(kAlice);
  const auto bob = world.connect({kBob, {}, frame::Carrier::udp});
  CHECK(world.ask<frame::Answer>(bob, frame::Report{1, 3600, as_bytes("lamp"), {kAlice}, {}}).status ==
        AnswerStatus::done);
  world.put(alice, kBob, "one", "hello");
  world.settle();
  world.next<frame::Outcome>(alice);

  const auto list =
      world.ask<frame::Devices>(alice, frame::ListDevices{2, {kAlice, kBob, kCarol, node_named("x")}, {}});
  REQUIRE(list.devices.size() == 2);
  CHECK(list.devices[0].node == kAlice);
  const frame::Device& lamp = list.devices[1];
  CHECK(lamp.node == kBob);
  CHECK(lamp.name == "lamp");
  CHECK(lamp.presence == frame::Presence::connected);
  CHECK(lamp.carrier == frame::Carrier::udp);
  CHECK(lamp.uptime_s == 3600);
  CHECK(lamp.last_seen == world.at.wall);
  CHECK(lamp.messages == 1);
  CHECK(lamp.bytes == 5);
  CHECK(lamp.oldest == world.at.wall);

  const auto seen_by_bob = world.ask<frame::Devices>(bob, frame::ListDevices{2, {kAlice, kBob}, {}});
  REQUIRE(seen_by_bob.devices.size() == 1);
  CHECK(seen_by_bob.devices[0].node == kBob);
}

TEST_CASE("devices: who goes was seen just now, and has been up for so much longer") {
  World world;
  world.add_node(kBob);
  const auto bob = world.connect({kBob, {}, frame::Carrier::tcp});
  world.ask<frame::Answer>(bob, frame::Report{1, 100, as_bytes("lamp"), {}, {}});
  world.pass(80s);
  world.disconnect(bob);
  world.settle();
  const auto again = world.connect(kBob);
  const auto list = world.ask<frame::Devices>(again, frame::ListDevices{2, {kBob}, {}});
  REQUIRE(list.devices.size() == 1);
  CHECK(list.devices[0].last_seen == world.at.wall);
  CHECK(list.devices[0].uptime_s == 180);
  // Coming and going does not write each time.
  world.disconnect(again);
  CHECK(world.asked.empty());
}

TEST_CASE("devices: who is connected is seen now, and has been up since it said so") {
  World world;
  world.add_node(kBob);
  const auto bob = world.connect({kBob, {}, frame::Carrier::udp});
  world.ask<frame::Answer>(bob, frame::Report{1, 100, as_bytes("lamp"), {}, {}});
  world.pass(40s);
  const auto list = world.ask<frame::Devices>(bob, frame::ListDevices{2, {kBob}, {}});
  REQUIRE(list.devices.size() == 1);
  CHECK(list.devices[0].last_seen == world.at.wall);
  CHECK(list.devices[0].uptime_s == 140);
}

TEST_CASE("the operator sees every node, page by page") {
  World world;
  for (const NodeId& node : {kAlice, kBob, kCarol}) world.add_node(node);
  world.connect(kBob);
  const auto first =
      std::get<dispatcher::DeviceList>(world.ask(dispatcher::ListAll{std::nullopt, 2}).value());
  REQUIRE(first.devices.size() == 2);
  CHECK(first.rest == dispatcher::Rest::more);
  CHECK(first.devices[0].node == kAlice);
  CHECK(first.devices[0].presence == frame::Presence::away);
  CHECK(first.devices[1].presence == frame::Presence::connected);
  const auto second = std::get<dispatcher::DeviceList>(world.ask(dispatcher::ListAll{kBob, 2}).value());
  REQUIRE(second.devices.size() == 1);
  CHECK(second.rest == dispatcher::Rest::none);
  CHECK(second.devices[0].node == kCarol);
}
