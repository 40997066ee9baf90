// Online-only messages: docs/protocol/dispatcher.md, "Online-only".

#include "world.hpp"

using namespace taut;
using namespace taut::test;
using frame::GoodbyeReason;
using frame::kOnlineOnlyBit;
using frame::OutcomeState;

namespace {

const NodeId kAlice = node_named("alice");
const NodeId kBob = node_named("bob");

struct Online : World {
  Online() {
    add_node(kBob);
    alice = connect(kAlice);
    bob = connect(kBob);
  }
  void listen(std::uint32_t credit = 10'000, frame::Until until = frame::Until::closed) {
    say(bob, frame::Subscribe{1, until, credit, {}});
    settle();
    said_to(bob);
  }
  void relay(std::string_view text, frame::RequestId request = 1) {
    const auto size = static_cast<std::uint32_t>(text.size());
    say(alice, frame::Put{request,
                          kBob,
                          submission_named(text),
                          0,
                          frame::Keep::online_only,
                          size,
                          {},
                          as_bytes(text),
                          {}});
  }

  dispatcher::ConnectionId alice = 0;
  dispatcher::ConnectionId bob = 0;
};

}  // namespace

TEST_CASE("relayed at once, never written, released when the owner says so") {
  Online world;
  world.listen();
  world.relay("one");
  CHECK(world.asked.empty());
  const auto delivery = world.next<frame::Delivery>(world.bob);
  CHECK(delivery.number == kOnlineOnlyBit);
  CHECK(as_text(delivery.chunk) == "one");
  CHECK(world.frames_waiting(world.alice) == 0);
  world.say(world.bob, frame::Release{2, {{delivery.number, delivery.number}}, {}});
  CHECK(world.asked.empty());
  CHECK(world.next<frame::Answer>(world.bob).status == frame::AnswerStatus::done);
  CHECK(world.next<frame::Outcome>(world.alice).state == OutcomeState::released);
  CHECK(world.dispatcher.counters().buffered_put_bytes == 0);
}

TEST_CASE("declined when the owner is away, does not listen, only drains, or has no credit") {
  Online world;
  world.relay("idle");
  CHECK(world.next<frame::Outcome>(world.alice).state == OutcomeState::declined);
  world.listen(10'000, frame::Until::drained);
  world.relay("draining");
  CHECK(world.next<frame::Outcome>(world.alice).state == OutcomeState::declined);
  world.disconnect(world.bob);
  world.relay("away");
  CHECK(world.next<frame::Outcome>(world.alice).state == OutcomeState::declined);
  world.bob = world.connect(kBob);
  world.listen(0);
  world.relay("without credit");
  CHECK(world.next<frame::Outcome>(world.alice).state == OutcomeState::declined);
  CHECK(world.store.nodes.at(kBob).messages.empty());
}

TEST_CASE("declined when the owner goes or keeps silent") {
  Online world;
  world.listen();
  world.relay("one");
  world.disconnect(world.bob);
  CHECK(world.next<frame::Outcome>(world.alice).state == OutcomeState::declined);

  world.bob = world.connect(kBob);
  world.listen();
  world.relay("two");
  world.pass(29s);
  world.settle();
  CHECK(world.frames_waiting(world.alice) == 0);
  world.pass(7s);
  CHECK(world.next<frame::Outcome>(world.alice).state == OutcomeState::declined);
  CHECK(world.dispatcher.counters().buffered_put_bytes == 0);
  // Too late, but no fault of his.
  world.say(world.bob, frame::Release{2, {{kOnlineOnlyBit, kOnlineOnlyBit}}, {}});
  CHECK_FALSE(world.closed(world.bob).has_value());
}

TEST_CASE("the second link of the owner gets it when the first does not listen") {
  Online world;
  const auto second = world.connect(kBob);
  world.say(second, frame::Subscribe{1, frame::Until::closed, 1000, {}});
  world.settle();
  world.said_to(second);
  world.relay("one");
  CHECK(world.said_to(second) == std::vector<std::string>{"one"});
}

TEST_CASE("a release of stored and relayed messages together, each to its own") {
  Online world;
  world.listen();
  world.put(world.alice, kBob, "s", "stored", 5);
  world.settle();
  CHECK(world.next<frame::Outcome>(world.alice).state == OutcomeState::stored);
  world.relay("a", 6);
  world.relay("b", 7);
  world.said_to(world.bob);
  world.say(world.bob, frame::Release{2, {{1, 1}, {kOnlineOnlyBit, kOnlineOnlyBit + 1}}, {}});
  CHECK(world.next<frame::Outcome>(world.alice).request == 6);
  CHECK(world.next<frame::Outcome>(world.alice).request == 7);
  CHECK(world.frames_waiting(world.bob) == 0);
  world.settle();
  CHECK(world.next<frame::Answer>(world.bob).status == frame::AnswerStatus::done);
  CHECK(world.store.nodes.at(kBob).messages.empty());
}

TEST_CASE("nobody releases what was relayed to another, was never relayed, or lies across the border") {
  for (const frame::QueueRange range :
       {frame::QueueRange{kOnlineOnlyBit, kOnlineOnlyBit}, frame::QueueRange{0, kOnlineOnlyBit}}) {
    const NodeId kMallory = node_named("mallory");
    Online world;
    world.add_node(kMallory);
    world.listen();
    world.relay("one");
    const auto mallory = world.connect(kMallory);
    world.say(mallory, frame::Release{1, {range}, {}});
    CHECK(world.closed(mallory) == GoodbyeReason::violation);
    CHECK(world.frames_waiting(world.alice) == 0);
  }
  Online world;
  world.listen();
  world.relay("one");
  world.say(world.bob, frame::Release{1, {{kOnlineOnlyBit, kOnlineOnlyBit + 1}}, {}});
  CHECK(world.closed(world.bob) == GoodbyeReason::violation);
}
