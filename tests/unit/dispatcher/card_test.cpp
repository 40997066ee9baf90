// Cards: docs/protocol/dispatcher.md, "Cards".

#include "person.hpp"
#include "world.hpp"

using namespace taut;
using namespace taut::test;
using frame::AnswerStatus;
using frame::GoodbyeReason;

namespace {

AnswerStatus publish(World& world, dispatcher::ConnectionId from, const Bytes& card) {
  world.say(from, frame::PublishCard{5, card, {}});
  world.settle();
  return world.next<frame::Answer>(from).status;
}

std::optional<Bytes> look_up(World& world, dispatcher::ConnectionId from, const NodeId& node) {
  world.say(from, frame::LookUpCard{6, node, {}});
  world.settle();
  const auto answer = world.next<frame::CardAnswer>(from);
  return answer.card ? std::optional(to_bytes(*answer.card)) : std::nullopt;
}

const Person kBob(1);
const Person kMallory(2);

}  // namespace

TEST_CASE("open: a node's first card registers it, and anybody may look it up") {
  World world;
  const auto bob = world.connect(kBob.node());
  const auto alice = world.connect(node_named("alice"));
  CHECK_FALSE(look_up(world, alice, kBob.node()).has_value());
  world.put(alice, kBob.node(), "one", "hello");
  world.settle();
  CHECK(world.next<frame::Outcome>(alice).state == frame::OutcomeState::declined);

  CHECK(publish(world, bob, kBob.card(1)) == AnswerStatus::done);
  CHECK(world.dispatcher.counters().nodes == 1);
  CHECK(look_up(world, alice, kBob.node()) == kBob.card(1));
  world.put(alice, kBob.node(), "one", "hello");
  world.settle();
  CHECK(world.next<frame::Outcome>(alice).state == frame::OutcomeState::stored);
}

TEST_CASE("closed: a card of a node that is not registered is refused, of one that is it is not") {
  auto settings = small_settings();
  settings.policy = frame::Policy::closed;
  World world(settings);
  const auto bob = world.connect(kBob.node());
  CHECK(publish(world, bob, kBob.card(1)) == AnswerStatus::refused);
  CHECK(world.store.nodes.empty());
  world.add_node(kMallory.node());
  const auto mallory = world.connect(kMallory.node());
  CHECK(publish(world, mallory, kMallory.card(1)) == AnswerStatus::done);
}

TEST_CASE("the highest sequence wins, in any order, and the same card again is done") {
  World world;
  const auto bob = world.connect(kBob.node());
  CHECK(publish(world, bob, kBob.card(5)) == AnswerStatus::done);
  CHECK(publish(world, bob, kBob.card(4)) == AnswerStatus::stale);
  CHECK(publish(world, bob, kBob.card(5, "y")) == AnswerStatus::stale);
  CHECK(publish(world, bob, kBob.card(5)) == AnswerStatus::done);
  CHECK(look_up(world, bob, kBob.node()) == kBob.card(5));
  CHECK(publish(world, bob, kBob.card(6)) == AnswerStatus::done);
  CHECK(look_up(world, bob, kBob.node()) == kBob.card(6));
}

TEST_CASE("two cards in flight: the lower one behind the higher one is stale, unless that fails") {
  World world;
  world.add_node(kBob.node());
  const auto bob = world.connect(kBob.node());
  world.say(bob, frame::PublishCard{1, kBob.card(6), {}});
  world.say(bob, frame::PublishCard{2, kBob.card(5), {}});
  const auto answer = world.next<frame::Answer>(bob);
  CHECK(answer.request == 2);
  CHECK(answer.status == AnswerStatus::stale);
  world.fail_one(Errc::exhausted);
  CHECK(world.next<frame::Answer>(bob).status == AnswerStatus::full);
  CHECK(publish(world, bob, kBob.card(5)) == AnswerStatus::done);
}

TEST_CASE("another's card is refused, however good it is") {
  World world;
  world.add_node(kBob.node());
  const auto mallory = world.connect(kMallory.node());
  CHECK(publish(world, mallory, kBob.card(1)) == AnswerStatus::refused);
  CHECK_FALSE(look_up(world, mallory, kBob.node()).has_value());
  CHECK_FALSE(world.closed(mallory).has_value());
}

TEST_CASE("a forged, cut or expired card is refused") {
  World world;
  const auto bob = world.connect(kBob.node());
  Bytes forged = kBob.card(1);
  forged.back() ^= 1;
  CHECK(publish(world, bob, forged) == AnswerStatus::refused);
  const Bytes whole = kBob.card(1);
  CHECK(publish(world, bob, Bytes(whole.begin(), whole.end() - 1)) == AnswerStatus::refused);
  CHECK(publish(world, bob, kBob.card(1, "x", {world.at.wall.unix_ms - 1})) == AnswerStatus::refused);
  CHECK(world.store.nodes.empty());
}

TEST_CASE("a revocation wins over every card, comes from anybody's link, and ends the node's links") {
  World world;
  const auto bob = world.connect(kBob.node());
  CHECK(publish(world, bob, kBob.card(~std::uint64_t{0} - 1)) == AnswerStatus::done);
  const auto alice = world.connect(node_named("alice"));
  CHECK(publish(world, alice, kBob.revocation()) == AnswerStatus::done);
  CHECK(world.closed(bob) == GoodbyeReason::revoked);
  CHECK_FALSE(world.closed(alice).has_value());
  CHECK(look_up(world, alice, kBob.node()) == kBob.revocation());
  CHECK(publish(world, alice, kBob.revocation()) == AnswerStatus::done);

  world.put(alice, kBob.node(), "one", "hello");
  world.settle();
  CHECK(world.next<frame::Outcome>(alice).state == frame::OutcomeState::declined);
  const auto again = world.connect(kBob.node());
  CHECK(world.closed(again) == GoodbyeReason::revoked);

  World restarted;
  restarted.store = world.store;
  CHECK(restarted.closed(restarted.connect(kBob.node())) == GoodbyeReason::revoked);
}

TEST_CASE("a revocation of a node that is not here is refused: it would fill the store") {
  World world;
  const auto alice = world.connect(node_named("alice"));
  CHECK(publish(world, alice, kBob.revocation()) == AnswerStatus::refused);
  CHECK(world.store.nodes.empty());
}

TEST_CASE("there is a limit to nodes") {
  auto settings = small_settings();
  settings.limits.nodes_max = 1;
  World world(settings);
  const auto bob = world.connect(kBob.node());
  const auto mallory = world.connect(kMallory.node());
  CHECK(publish(world, bob, kBob.card(1)) == AnswerStatus::done);
  CHECK(publish(world, mallory, kMallory.card(1)) == AnswerStatus::full);
}

TEST_CASE("a store that fails: the answer is unavailable, and nothing is remembered that is not there") {
  World world;
  const auto bob = world.connect(kBob.node());
  world.say(bob, frame::PublishCard{1, kBob.card(1), {}});
  world.fail_one();  // registering
  CHECK(world.next<frame::Answer>(bob).status == AnswerStatus::unavailable);
  CHECK(world.dispatcher.counters().nodes == 0);
  world.say(bob, frame::PublishCard{2, kBob.card(1), {}});
  world.store_one();
  world.fail_one();  // saving
  CHECK(world.next<frame::Answer>(bob).status == AnswerStatus::unavailable);
  CHECK(publish(world, bob, kBob.card(1)) == AnswerStatus::done);
  world.say(bob, frame::LookUpCard{3, kBob.node(), {}});
  world.fail_one();
  CHECK(world.next<frame::Answer>(bob).status == AnswerStatus::unavailable);
}

TEST_CASE("an expired card goes with the sweeper, and an older one does not come back") {
  World world;
  const auto bob = world.connect(kBob.node());
  CHECK(publish(world, bob, kBob.card(5, "x", {world.at.wall.unix_ms + 1000})) == AnswerStatus::done);
  for (int i = 0; i < 3; ++i) {
    world.pass(30s);
    world.say(bob, frame::Ping{1});
    world.next<frame::Pong>(bob);
    world.settle();
  }
  CHECK_FALSE(look_up(world, bob, kBob.node()).has_value());
  CHECK(publish(world, bob, kBob.card(4)) == AnswerStatus::stale);
  CHECK(publish(world, bob, kBob.card(6)) == AnswerStatus::done);
}
