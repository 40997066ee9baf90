// Questions and answers of the operator as bytes: docs/protocol/dispatcher.md, "The operator".

#include "dispatcher/operator_wire.hpp"

#include <set>

#include "world.hpp"

using namespace taut;
using namespace taut::test;
using namespace taut::dispatcher;

namespace {

const NodeId kBob = node_named("bob");

template <class Request>
Request round_trip(const Request& request) {
  return std::get<Request>(parse_operator_request(encode(OperatorRequest(request))).value());
}
template <class Value>
Value answered(const Value& value) {
  return std::get<Value>(parse_operator_answer(encode(Result<OperatorValue>(value))).value());
}

frame::Device device() {
  frame::Device one;
  one.node = kBob;
  one.presence = frame::Presence::connected;
  one.last_seen = {5};
  one.uptime_s = 6;
  one.carrier = frame::Carrier::udp;
  one.name = "lamp";
  one.messages = 7;
  one.bytes = 8;
  one.oldest = {4};
  return one;
}

}  // namespace

TEST_CASE("every question reads back as it was asked") {
  EnrolmentHash hash;
  hash.fill()[31] = 9;
  const Enrol enrol = round_trip(Enrol{hash, 12, {34}});
  CHECK(enrol.token == hash);
  CHECK(enrol.uses == 12);
  CHECK(enrol.expires == WallTime{34});
  CHECK(round_trip(Revoke{kBob}).node == kBob);
  CHECK(round_trip(ListAll{kBob, 1}).after == kBob);
  CHECK(round_trip(ListAll{}).after == std::nullopt);
  CHECK(round_trip(ListAll{}).count_max == ListAll::kCountMax);
  round_trip(Stats{});
}

TEST_CASE("every answer reads back as it was given") {
  answered(Done{});
  CHECK(answered(Removal::nothing) == Removal::nothing);
  CHECK(answered(Removal::removed) == Removal::removed);
  const DeviceList list = answered(DeviceList{{device(), device()}, Rest::more});
  CHECK(list.devices == std::vector{device(), device()});
  CHECK(list.rest == Rest::more);
  CHECK(answered(Figures{{"a", 1}, {"b", 2}}) == Figures{{"a", 1}, {"b", 2}});
  for (const Errc code : {Errc::exhausted, Errc::unavailable})
    CHECK(parse_operator_answer(encode(Result<OperatorValue>(fail(code, reasons::kNotNow)))).error().code ==
          code);
}

TEST_CASE("what is cut, longer, or of no kind is refused") {
  const std::vector<OperatorRequest> requests{Enrol{}, Revoke{kBob}, ListAll{kBob, 5}, Stats{}};
  for (const OperatorRequest& request : requests) {
    Bytes bytes = encode(request);
    for (std::size_t size = 0; size < bytes.size(); ++size)
      CHECK_FALSE(parse_operator_request(ByteView(bytes).first(size)));
    bytes.push_back(0);
    CHECK_FALSE(parse_operator_request(bytes));
  }
  const std::vector<OperatorValue> values{Done{}, Removal::removed, DeviceList{{device()}, Rest::none},
                                          Figures{{"a", 1}}};
  for (const OperatorValue& value : values) {
    Bytes bytes = encode(Result<OperatorValue>(value));
    for (std::size_t size = 0; size < bytes.size(); ++size)
      CHECK_FALSE(parse_operator_answer(ByteView(bytes).first(size)));
    bytes.push_back(0);
    CHECK(parse_operator_answer(bytes).error().code == Errc::malformed);
  }
  CHECK_FALSE(parse_operator_request(Bytes{0}));
  CHECK_FALSE(parse_operator_request(Bytes{5}));
  CHECK_FALSE(parse_operator_request(encode(OperatorRequest(ListAll{{}, 0}))));
  CHECK_FALSE(parse_operator_request(encode(OperatorRequest(ListAll{{}, ListAll::kCountMax + 1}))));
  CHECK(parse_operator_answer(Bytes{5}).error().code == Errc::malformed);
  CHECK(parse_operator_answer(Bytes{0, 2}).error().code == Errc::malformed);
}

TEST_CASE("the figures name every counter once") {
  std::set<std::string> names;
  for (const Figure& figure : figures_of({})) {
    CHECK(figure.value == 0);
    names.insert(figure.name);
  }
  // A counter without a name would be missing here.
  CHECK(names.size() == sizeof(Counters) / sizeof(std::uint64_t));
}

TEST_CASE("stats are what the dispatcher counts") {
  World world;
  world.add_node(kBob);
  const auto bob = world.connect(kBob);
  world.put(bob, kBob, "one", "hello");
  world.settle();
  world.pass(std::chrono::seconds(3));
  const auto asked = world.ask(Stats{});
  REQUIRE(asked);
  const auto value = [&](std::string_view name) {
    const auto& figures = std::get<Figures>(*asked);
    return std::ranges::find(figures, name, &Figure::name)->value;
  };
  CHECK(value("messages_stored") == 1);
  CHECK(value("stored_bytes") == 5);
  CHECK(value("connections") == 1);
  CHECK(value("uptime_seconds") == 3);
}
