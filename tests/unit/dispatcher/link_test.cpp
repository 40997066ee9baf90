// Links: who may have one, how it begins and ends: docs/protocol/dispatcher.md, "Links".

#include "world.hpp"

using namespace taut;
using namespace taut::test;
using frame::GoodbyeReason;

namespace {

const NodeId kAlice = node_named("alice");
const NodeId kBob = node_named("bob");

// A link before its hello.
dispatcher::Effects begin(dispatcher::Dispatcher& dispatcher, const NodeId& node,
                          const dispatcher::Moment& at) {
  return dispatcher.on_connected(99, node, at);
}

}  // namespace

TEST_CASE("the hello says what is allowed, and comes when the node's record is known") {
  dispatcher::Settings settings = small_settings();
  settings.limits.message_bytes_max = 12345;
  dispatcher::Dispatcher dispatcher(settings);
  const dispatcher::Moment at{};
  dispatcher.start(at);
  const auto effects = begin(dispatcher, kBob, at);
  REQUIRE(effects.size() == 1);
  const auto& load = std::get<dispatcher::StoreOperation>(effects[0]);
  CHECK(std::get<dispatcher::LoadNode>(load.operation).node == kBob);
  const auto then = dispatcher.on_store_result(load.id, std::optional(dispatcher::NodeRecord{}), at);
  REQUIRE(then.size() == 1);
  const auto hello =
      std::get<frame::Hello>(frame::parse(std::get<dispatcher::SendFrame>(then[0]).frame).value());
  CHECK(hello.message_bytes_max == 12345);
  CHECK(hello.policy == frame::Policy::open);
  CHECK(hello.standing == frame::Standing::registered);
}

TEST_CASE("a node that speaks before the hello breaks a rule; it may say goodbye") {
  for (const Bytes& bytes : {frame::written(frame::Ping{1}), frame::written(frame::Goodbye{})}) {
    dispatcher::Dispatcher dispatcher(small_settings());
    dispatcher.start({});
    begin(dispatcher, kBob, {});
    const auto effects = dispatcher.on_frame(99, bytes, {});
    const bool is_ping = bytes[0] == static_cast<Byte>(frame::Type::ping);
    const auto close = std::get<dispatcher::Close>(effects.back());
    CHECK(close.reason == (is_ping ? GoodbyeReason::violation : GoodbyeReason::done));
  }
}

TEST_CASE("a record that cannot be read ends the link") {
  dispatcher::Dispatcher dispatcher(small_settings());
  dispatcher.start({});
  begin(dispatcher, kBob, {});
  const auto effects = dispatcher.on_store_result(2, fail(Errc::unavailable, reasons::kNotNow), {});
  CHECK(std::get<dispatcher::Close>(effects.back()).reason == GoodbyeReason::unavailable);
}

TEST_CASE("links are limited, in all and per node; the newest is refused") {
  World world;
  const auto first = world.connect(kBob);
  const auto second = world.connect(kBob);
  CHECK(world.closed(world.connect(kBob)) == GoodbyeReason::overloaded);
  world.connect(kAlice);
  world.connect(node_named("carol"));
  CHECK(world.closed(world.connect(node_named("dave"))) == GoodbyeReason::overloaded);
  CHECK_FALSE(world.closed(first).has_value());
  world.disconnect(second);
  CHECK_FALSE(world.closed(world.connect(node_named("dave"))).has_value());
  CHECK(world.dispatcher.counters().connections == 4);
  CHECK(world.dispatcher.counters().connections_refused == 2);
}

TEST_CASE("a ping is answered with its token; a goodbye ends the link") {
  World world;
  const auto alice = world.connect(kAlice);
  world.say(alice, frame::Ping{77});
  CHECK(world.next<frame::Pong>(alice).token == 77);
  world.say(alice, frame::Goodbye{});
  CHECK(world.closed(alice) == GoodbyeReason::done);
  CHECK(world.dispatcher.counters().connections == 0);
  world.say(alice, frame::Ping{78});
  CHECK(world.frames_waiting(alice) == 0);
}

TEST_CASE("what breaks a rule ends its own link with a goodbye, and no other") {
  const std::vector<Bytes> broken{
      {},
      {0x7f},
      Bytes(frame::kFrameBytesMax + 1, 0x80),
      {static_cast<Byte>(frame::Type::ping), 1},
      frame::written(frame::Hello{1, 1, 1, 1, 1, 1, {}, {}, {}}),
      frame::written(frame::Answer{}),
      frame::written(frame::Outcome{}),
      frame::written(frame::Delivery{1, {}, {}, 1, as_bytes("x"), {}}),
      frame::written(frame::DeliveryChunk{1, 0, as_bytes("x")}),
      frame::written(frame::Drained{}),
      frame::written(frame::CardAnswer{}),
      frame::written(frame::StateAnswer{}),
      frame::written(frame::Devices{}),
      frame::written(frame::Goodbye{GoodbyeReason::done, {{0x8001, {}}}}),
  };
  for (const Bytes& bytes : broken) {
    CAPTURE(bytes);
    World world;
    const auto alice = world.connect(kAlice);
    const auto bob = world.connect(kBob);
    world.say_bytes(alice, bytes);
    CHECK(world.closed(alice) == GoodbyeReason::violation);
    CHECK(world.next<frame::Goodbye>(alice).reason == GoodbyeReason::violation);
    CHECK_FALSE(world.closed(bob).has_value());
    CHECK(world.dispatcher.counters().violations == 1);
  }
}

TEST_CASE("what may be ignored is: unknown ignorable types, an unasked pong") {
  World world;
  const auto alice = world.connect(kAlice);
  world.say_bytes(alice, Bytes{0x80, 1, 2, 3});
  world.say(alice, frame::Pong{1});
  CHECK_FALSE(world.closed(alice).has_value());
  CHECK(world.frames_waiting(alice) == 0);
}

TEST_CASE("more open questions than allowed break a rule; answered ones do not count") {
  World world;
  world.add_node(kAlice);
  const auto alice = world.connect(kAlice);
  const auto ask = [&] { world.say(alice, frame::LookUpCard{1, kBob, {}}); };
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < frame::kOpenQuestionsMax; ++i) ask();
    world.settle();
    CHECK(world.frames_waiting(alice) == frame::kOpenQuestionsMax);
    world.said_to(alice);
  }
  CHECK_FALSE(world.closed(alice).has_value());
  for (std::size_t i = 0; i <= frame::kOpenQuestionsMax; ++i) ask();
  CHECK(world.closed(alice) == GoodbyeReason::violation);
  world.settle();
}

TEST_CASE("a silent link is closed, one that speaks is not") {
  World world;
  const auto alice = world.connect(kAlice);
  const auto bob = world.connect(kBob);
  for (int i = 0; i < 4; ++i) {
    world.pass(30s);
    world.say(bob, frame::Ping{1});
  }
  CHECK(world.closed(alice) == GoodbyeReason::idle);
  CHECK_FALSE(world.closed(bob).has_value());
  CHECK(world.dispatcher.counters().connections_idled == 1);
}

TEST_CASE("stopping says goodbye to every link") {
  World world;
  const auto alice = world.connect(kAlice);
  const auto bob = world.connect(kBob);
  world.stop();
  CHECK(world.closed(alice) == GoodbyeReason::stopping);
  CHECK(world.closed(bob) == GoodbyeReason::stopping);
  CHECK(world.dispatcher.counters().connections == 0);
}

TEST_CASE("records of nodes that are not needed leave memory, those in use stay") {
  auto settings = small_settings();
  settings.limits.residents_max = 3;
  World world(settings);
  world.add_node(kBob);
  const auto alice = world.connect(kAlice);
  const auto bob = world.connect(kBob);
  for (int i = 0; i < 20; ++i) {
    world.put(alice, node_named("nobody" + std::to_string(i)), "x", "x");
    world.settle();
    CHECK(world.dispatcher.counters().residents <= 3);
  }
  world.say(bob, frame::Subscribe{1, frame::Until::closed, 1000, {}});
  world.settle();
  world.put(alice, kBob, "y", "y");
  world.settle();
  CHECK(world.said_to(bob) == std::vector<std::string>{"(drained)", "y"});
}

TEST_CASE("an anonymous link may put, query and look up; whatever belongs to a node is refused") {
  World world;
  world.add_node(kBob);
  const auto anonymous = world.connect(dispatcher::Peer::anonymous({}, frame::Carrier::tcp));
  world.put(anonymous, kBob, "one", "hello");
  world.settle();
  CHECK(world.next<frame::Outcome>(anonymous).state == frame::OutcomeState::stored);
  const frame::OutcomeQuery query{1, kBob, submission_named("one"), {}};
  CHECK(world.ask<frame::Outcome>(anonymous, query).state == frame::OutcomeState::stored);
  CHECK_FALSE(world.ask<frame::CardAnswer>(anonymous, frame::LookUpCard{2, kBob, {}}).card.has_value());
  const auto refused = [&](const auto& question) {
    return world.ask<frame::Answer>(anonymous, question).status == frame::AnswerStatus::refused;
  };
  CHECK(refused(frame::Subscribe{3, frame::Until::closed, 1, {}}));
  CHECK(refused(frame::Release{4, {{0, 0}}, {}}));
  CHECK(refused(frame::Release{4, {{1, 1}}, {}}));
  CHECK(refused(frame::PublishCard{5, as_bytes("x"), {}}));
  CHECK(refused(frame::Register{5, {}, as_bytes("x"), as_bytes("x"), {}}));
  CHECK(refused(frame::SetAccess{6, {}, {}, {}}));
  CHECK(refused(frame::PublishState{7, 1, as_bytes("x"), {}}));
  CHECK(refused(frame::LookUpState{8, {}}));
  CHECK(refused(frame::Report{9, 0, {}, {}, {}}));
  CHECK(world.ask<frame::Devices>(anonymous, frame::ListDevices{10, {kBob}, {}}).devices.empty());
  world.disconnect(anonymous);
  CHECK(world.dispatcher.counters().connections == 0);
}

TEST_CASE("anonymous links have a limit of their own") {
  auto settings = small_settings();
  settings.limits.connections_anonymous_max = 1;
  World world(settings);
  const auto first = world.connect(dispatcher::Peer::anonymous({}, frame::Carrier::tcp));
  CHECK_FALSE(world.closed(first).has_value());
  const auto second = world.connect(dispatcher::Peer::anonymous({}, frame::Carrier::tcp));
  CHECK(world.closed(second) == GoodbyeReason::overloaded);
  CHECK_FALSE(world.closed(world.connect(kAlice)).has_value());
  world.disconnect(first);
  const auto third = world.connect(dispatcher::Peer::anonymous({}, frame::Carrier::tcp));
  CHECK_FALSE(world.closed(third).has_value());
}

TEST_CASE("results for operations that nobody asked for are ignored") {
  World world;
  const auto effects = world.dispatcher.on_store_result(4711, dispatcher::Done{}, world.at);
  CHECK(effects.empty());
}

TEST_CASE("a store that answers something else is a store that failed") {
  World world;
  world.add_node(kBob);
  const auto alice = world.connect(kAlice);
  world.put(alice, kBob, "one", "hello");
  world.store_one();
  const auto id = world.asked.front().id;
  world.asked.clear();
  const auto effects = world.dispatcher.on_store_result(id, dispatcher::Done{}, world.at);
  const auto outcome =
      std::get<frame::Outcome>(frame::parse(std::get<dispatcher::SendFrame>(effects[0]).frame).value());
  CHECK(outcome.state == frame::OutcomeState::full);
}
