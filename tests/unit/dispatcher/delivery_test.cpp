// Inboxes towards their owners: docs/protocol/dispatcher.md, "Deliveries" and "Releases".

#include "world.hpp"

using namespace taut;
using namespace taut::test;
using frame::AnswerStatus;
using frame::GoodbyeReason;
using frame::Until;

namespace {

const NodeId kAlice = node_named("alice");
const NodeId kBob = node_named("bob");
constexpr std::uint32_t kMuch = 1 << 20;
using Said = std::vector<std::string>;

struct Pair : World {
  explicit Pair(const dispatcher::Settings& settings = small_settings()) : World(settings) {
    add_node(kBob);
    alice = connect(kAlice);
    bob = connect(kBob);
  }
  void send(std::string_view text) {
    put(alice, kBob, text, text);
    settle();
    CHECK(next<frame::Outcome>(alice).state == frame::OutcomeState::stored);
  }
  void subscribe(Until until, std::uint32_t credit, frame::RequestId request = 9) {
    say(bob, frame::Subscribe{request, until, credit, {}});
    settle();
  }
  std::string text() { return std::string(as_text(next<frame::Delivery>(bob).chunk)); }

  dispatcher::ConnectionId alice = 0;
  dispatcher::ConnectionId bob = 0;
};

}  // namespace

TEST_CASE("what waits is delivered in order, then the inbox is said to be drained") {
  Pair world;
  for (const auto* text : {"one", "two", "three"}) world.send(text);
  world.subscribe(Until::drained, kMuch);
  CHECK(world.text() == "one");
  CHECK(world.text() == "two");
  CHECK(world.text() == "three");
  const auto drained = world.next<frame::Drained>(world.bob);
  CHECK(drained.request == 9);
  CHECK(drained.last == 3);
  world.send("four");
  CHECK(world.frames_waiting(world.bob) == 0);
}

TEST_CASE("an empty inbox is drained at once") {
  Pair world;
  world.subscribe(Until::drained, kMuch);
  CHECK(world.next<frame::Drained>(world.bob).last == 0);
}

TEST_CASE("until closed: what comes later is pushed without another read, and only when it is durable") {
  Pair world;
  world.subscribe(Until::closed, kMuch);
  world.next<frame::Drained>(world.bob);
  world.put(world.alice, kBob, "one", "one");
  REQUIRE(world.asked.size() == 1);
  CHECK(world.frames_waiting(world.bob) == 0);
  world.store_one();
  CHECK(world.asked.empty());
  CHECK(world.text() == "one");
  world.put(world.alice, kBob, "two", "two");
  world.fail_one();
  CHECK(world.frames_waiting(world.bob) == 0);
}

TEST_CASE("a message that is stored while the inbox is read comes once, in order") {
  for (const std::string_view first : {"put", "subscribe"}) {
    CAPTURE(first);
    Pair world;
    world.send("one");
    if (first == "put") world.put(world.alice, kBob, "two", "two");
    world.say(world.bob, frame::Subscribe{1, Until::closed, kMuch, {}});
    if (first == "subscribe") world.put(world.alice, kBob, "two", "two");
    CHECK(world.asked.size() == 2);
    world.settle();
    const auto said = world.said_to(world.bob);
    if (first == "put") CHECK(said == Said{"one", "two", "(drained)"});
    if (first == "subscribe") CHECK(said == Said{"one", "(drained)", "two"});
  }
}

TEST_CASE(
    "credit: a delivery begins only while some is left, costs its size and kDeliveryCost, may overdraw") {
  Pair world;
  for (const auto* text : {"one", "two", "three", "four"}) world.send(text);
  world.subscribe(Until::closed, 3 + frame::kDeliveryCost + 1);
  CHECK(world.said_to(world.bob) == Said{"one", "two"});
  // Overdrawn by 66: as much again is needed before the next begins.
  world.say(world.bob, frame::Credit{2 + frame::kDeliveryCost});
  world.settle();
  CHECK(world.said_to(world.bob).empty());
  world.say(world.bob, frame::Credit{1});
  world.settle();
  CHECK(world.said_to(world.bob) == Said{"three"});
  world.say(world.bob, frame::Credit{kMuch});
  world.settle();
  CHECK(world.said_to(world.bob) == Said{"four", "(drained)"});
}

TEST_CASE("credit that is used up by a push holds back the next, which comes from the store later") {
  Pair world;
  world.subscribe(Until::closed, 1);
  world.said_to(world.bob);
  world.send("one");
  world.send("two");
  world.send("three");
  CHECK(world.said_to(world.bob) == Said{"one"});
  world.say(world.bob, frame::Credit{kMuch});
  world.settle();
  CHECK(world.said_to(world.bob) == Said{"two", "three"});
  world.send("four");
  CHECK(world.said_to(world.bob) == Said{"four"});
}

TEST_CASE("more credit outstanding than the hello allows is a violation, at once or in steps") {
  auto settings = small_settings();
  settings.limits.credit_bytes_max = 1000;
  for (const std::uint32_t more : {1001U, 0xffffffffU}) {
    Pair world(settings);
    world.say(world.bob, frame::Credit{more});
    CHECK(world.closed(world.bob) == GoodbyeReason::violation);
  }
  Pair world(settings);
  world.subscribe(Until::closed, 1000);
  CHECK_FALSE(world.closed(world.bob).has_value());
  world.say(world.bob, frame::Credit{1});
  CHECK(world.closed(world.bob) == GoodbyeReason::violation);
  CHECK_FALSE(world.closed(world.alice).has_value());
}

TEST_CASE("a reader that takes nothing gets one window, and the rest when it takes again") {
  auto settings = small_settings();
  settings.limits.delivery_window_bytes = 100;
  Pair world(settings);
  for (const auto* text : {"one", "two", "three", "four"}) world.send(text);
  world.is_reading = false;
  world.subscribe(Until::closed, kMuch);
  const std::size_t in_window = world.said_to(world.bob).size();
  CHECK(in_window < 4);
  const std::size_t unsent = world.dispatcher.counters().unsent_bytes;
  CHECK(unsent < 100 + 64);
  world.take(world.bob, unsent);
  world.settle();
  CHECK(world.said_to(world.bob).size() > 0);
}

TEST_CASE("answers that are never taken end the link, and nobody else's") {
  auto settings = small_settings();
  settings.limits.unsent_bytes_max = 1000;
  Pair world(settings);
  world.is_reading = false;
  for (int i = 0; i < 200 && !world.closed(world.bob); ++i) world.say(world.bob, frame::Ping{1});
  CHECK(world.closed(world.bob) == GoodbyeReason::slow);
  CHECK_FALSE(world.closed(world.alice).has_value());
  CHECK(world.dispatcher.counters().unsent_bytes == 0);
}

TEST_CASE("when all links together hold too much unsent, deliveries wait for it to drain") {
  auto settings = small_settings();
  settings.limits.unsent_bytes_total_max = 100;
  Pair world(settings);
  world.send("one");
  world.is_reading = false;
  for (int i = 0; i < 12; ++i) world.say(world.alice, frame::Ping{1});
  world.subscribe(Until::closed, kMuch);
  CHECK(world.said_to(world.bob).empty());
  world.pass(2s);
  world.settle();
  CHECK(world.said_to(world.bob).empty());
  world.take(world.alice, 1000);
  world.pass(2s);
  world.settle();
  CHECK(world.said_to(world.bob) == Said{"one", "(drained)"});
}

TEST_CASE("an inbox that cannot be read now is read again") {
  Pair world;
  world.send("one");
  world.say(world.bob, frame::Subscribe{1, Until::closed, kMuch, {}});
  world.fail_one();
  CHECK(world.asked.empty());
  world.pass(2s);
  world.settle();
  CHECK(world.said_to(world.bob) == Said{"one", "(drained)"});
}

TEST_CASE("asked again, a subscription goes on where it is, with a marker for each question") {
  Pair world;
  world.send("one");
  world.subscribe(Until::drained, kMuch, 1);
  CHECK(world.said_to(world.bob) == Said{"one", "(drained)"});
  world.send("two");
  world.subscribe(Until::closed, 0, 2);
  CHECK(world.said_to(world.bob) == Said{"two", "(drained)"});
  world.subscribe(Until::closed, 0, 3);
  CHECK(world.next<frame::Drained>(world.bob).request == 3);
}

TEST_CASE("a new link starts from what has not been released") {
  Pair world;
  world.send("one");
  world.send("two");
  world.subscribe(Until::closed, kMuch);
  world.say(world.bob, frame::Release{1, {{1, 1}}, {}});
  world.settle();
  world.disconnect(world.bob);
  world.bob = world.connect(kBob);
  world.subscribe(Until::drained, kMuch);
  CHECK(world.said_to(world.bob) == Said{"two", "(drained)"});
}

TEST_CASE("two links of one node get the same messages, each in order") {
  Pair world;
  const auto second = world.connect(kBob);
  world.send("one");
  world.subscribe(Until::closed, kMuch);
  world.send("two");
  world.say(second, frame::Subscribe{1, Until::closed, kMuch, {}});
  world.settle();
  world.send("three");
  CHECK(world.said_to(world.bob) == Said{"one", "(drained)", "two", "three"});
  CHECK(world.said_to(second) == Said{"one", "two", "(drained)", "three"});
}

TEST_CASE("expired messages are not delivered, also when the sweeper has not come yet") {
  Pair world;
  world.say(world.alice, frame::Put{1, kBob, submission_named("1"), 30, {}, 1, {}, as_bytes("x"), {}});
  world.settle();
  world.send("later");
  world.pass(31s);
  world.subscribe(Until::drained, kMuch);
  CHECK(world.said_to(world.bob) == Said{"later", "(drained)"});
}

TEST_CASE("a node without an inbox has nothing to subscribe to") {
  Pair world;
  world.say(world.alice, frame::Subscribe{4, Until::closed, 1, {}});
  CHECK(world.next<frame::Answer>(world.alice).status == AnswerStatus::refused);
}

TEST_CASE("a release removes the message, frees the quota, and is answered when that is durable") {
  Pair world;
  for (const auto* text : {"1", "2", "3", "4", "5"}) world.send(text);
  world.subscribe(Until::drained, kMuch);
  world.said_to(world.bob);
  world.say(world.bob, frame::Release{7, {{1, 2}, {4, 4}}, {}});
  CHECK(world.frames_waiting(world.bob) == 0);
  world.settle();
  const auto answer = world.next<frame::Answer>(world.bob);
  CHECK(answer.request == 7);
  CHECK(answer.status == AnswerStatus::done);
  CHECK(world.store.nodes.at(kBob).messages.size() == 2);
  CHECK(world.dispatcher.counters().stored_messages == 2);
  CHECK(world.dispatcher.counters().messages_released == 3);
  for (const auto* text : {"6", "7", "8"}) world.send(text);
}

TEST_CASE("a release that failed changes nothing, and one that is repeated is done") {
  Pair world;
  world.send("one");
  world.subscribe(Until::drained, kMuch);
  world.said_to(world.bob);
  const auto release = [&] { world.say(world.bob, frame::Release{7, {{1, 1}}, {}}); };
  release();
  world.fail_one();
  CHECK(world.next<frame::Answer>(world.bob).status == AnswerStatus::unavailable);
  CHECK(world.dispatcher.counters().stored_messages == 1);
  for (int i = 0; i < 2; ++i) {
    release();
    world.settle();
    CHECK(world.next<frame::Answer>(world.bob).status == AnswerStatus::done);
    CHECK(world.dispatcher.counters().stored_messages == 0);
  }
}

TEST_CASE("nobody releases what was not delivered to him on this link") {
  Pair world;
  world.add_node(kAlice);
  world.send("one");
  // Another's: the inbox is always the link's own node's.
  world.say(world.alice, frame::Release{1, {{1, 1}}, {}});
  CHECK(world.closed(world.alice) == GoodbyeReason::violation);
  // His own, but never delivered.
  world.say(world.bob, frame::Release{1, {{1, 1}}, {}});
  CHECK(world.closed(world.bob) == GoodbyeReason::violation);
  world.settle();
  CHECK(world.store.nodes.at(kBob).messages.size() == 1);
}
