#include "node/session.hpp"

#include <doctest/doctest.h>

#include "node/queue_ranges.hpp"
#include "support/people.hpp"

using namespace taut;
using namespace taut::test;
using namespace taut::node;

namespace {

constexpr Instant kStart{std::chrono::seconds(1000)};

frame::Hello hello() {
  frame::Hello hello;
  hello.message_bytes_max = frame::kMessageBytesMax;
  hello.put_bytes_max = 10'000;
  hello.credit_bytes_max = 5'000;
  hello.ttl_s_max = 3600;
  hello.idle_s = 90;
  return hello;
}

struct Talk {
  Session session{kStart};

  template <class Body>
  Result<std::optional<SessionEvent>> hears(const Body& body, Instant at = kStart) {
    return session.receive(frame::written(body), at);
  }
  Talk& ready() {
    REQUIRE(std::holds_alternative<SessionReady>(hears(hello()).value().value()));
    return *this;
  }
  template <class Body>
  Body said() {
    const std::vector<Bytes> frames = session.take_frames(kStart);
    REQUIRE(frames.size() == 1);
    kept = frames[0];
    return std::get<Body>(frame::parse(kept).value());
  }
  template <class Body>
  void refuses(const Body& body) {
    const auto result = hears(body);
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().code == Errc::violation);
  }
  Bytes kept;
};

frame::Delivery delivery(frame::QueueNumber number, std::size_t size, ByteView chunk) {
  frame::Delivery one;
  one.number = number;
  one.size = static_cast<std::uint32_t>(size);
  one.chunk = chunk;
  return one;
}

}  // namespace

TEST_CASE("hello comes first, once, and in a version that we speak") {
  Talk talk;
  CHECK_FALSE(talk.session.is_ready());
  Talk().refuses(frame::Ping{1});
  Talk().refuses(frame::Drained{});
  talk.ready();
  talk.refuses(hello());
  frame::Hello later = hello();
  later.version = 2;
  CHECK(Talk().hears(later).error().code == Errc::incompatible);
}

TEST_CASE("a goodbye ends the session, also before hello") {
  CHECK(Talk().hears(frame::Goodbye{frame::GoodbyeReason::overloaded, {}}).error().reason ==
        reasons::kDispatcherGone);
  CHECK(Talk().ready().hears(frame::Goodbye{frame::GoodbyeReason::revoked, {}}).error().reason ==
        reasons::kRefused);
}

TEST_CASE("answers belong to questions, each once, and of their kind") {
  Talk talk;
  talk.ready();
  const frame::RequestId look_up = talk.session.look_up(person(1).node_id());
  const frame::RequestId publish = talk.session.publish(Bytes{1});
  const frame::Answer answer{publish, frame::AnswerStatus::done, {}};
  CHECK(std::get<Answered>(talk.hears(answer).value().value()).request == publish);
  SUBCASE("twice") { talk.refuses(answer); }
  SUBCASE("never asked") { talk.refuses(frame::Answer{77, frame::AnswerStatus::done, {}}); }
  SUBCASE("of another kind") { talk.refuses(frame::Answer{look_up, frame::AnswerStatus::done, {}}); }
  SUBCASE("an outcome for a question") {
    talk.refuses(frame::Outcome{look_up, {}, frame::OutcomeState::stored, 0, {}});
  }
  SUBCASE("drained without a subscription") { talk.refuses(frame::Drained{look_up, 0, {}}); }
  SUBCASE("what only nodes say") { talk.refuses(frame::Credit{1}); }
}

TEST_CASE("frames that may be ignored are, others and noise end the session") {
  Talk talk;
  talk.ready();
  CHECK_FALSE(talk.session.receive(Bytes{0xf0, 1, 2}, kStart).value().has_value());
  CHECK_FALSE(talk.hears(frame::Pong{1}).value().has_value());  // nobody asked
  CHECK(talk.session.receive(Bytes{0x7f}, kStart).error().code == Errc::violation);
  CHECK(talk.session.receive(Bytes{}, kStart).error().code == Errc::malformed);
  CHECK_FALSE(talk.hears(frame::Ping{42}).value().has_value());
  CHECK(talk.said<frame::Pong>().token == 42);
}

TEST_CASE("puts stay within the dispatcher's window, which answers open again") {
  Talk talk;
  talk.ready();
  const Bytes envelope(4000);
  CHECK(talk.session.fits(10'000 - frame::kPutCost));
  CHECK_FALSE(talk.session.fits(10'001 - frame::kPutCost));
  const frame::RequestId first = talk.session.put({}, {}, std::chrono::days(1), envelope);
  CHECK(talk.said<frame::Put>().ttl_s == 3600);
  CHECK(talk.session.has_room_for(4000));
  talk.session.put({}, {}, std::chrono::days(1), envelope);
  CHECK_FALSE(talk.session.has_room_for(4000));
  talk.hears(frame::Outcome{first, {}, frame::OutcomeState::stored, 0, {}}).value();
  CHECK(talk.session.has_room_for(4000));
}

TEST_CASE("a delivery in chunks becomes one event; chunks that do not fit end the session") {
  Talk talk;
  talk.ready();
  talk.session.subscribe(frame::Until::drained);
  CHECK(talk.said<frame::Subscribe>().credit == 5'000);
  const Bytes part(100, 1);
  CHECK_FALSE(talk.hears(delivery(7, 250, part)).value().has_value());
  SUBCASE("whole") {
    CHECK_FALSE(talk.hears(frame::DeliveryChunk{7, 100, part}).value().has_value());
    const auto event = talk.hears(frame::DeliveryChunk{7, 200, ByteView(part).first(50)}).value();
    CHECK(std::get<Delivered>(*event).envelope == Bytes(250, 1));
  }
  SUBCASE("another number") { talk.refuses(frame::DeliveryChunk{8, 100, part}); }
  SUBCASE("a hole") { talk.refuses(frame::DeliveryChunk{7, 101, part}); }
  SUBCASE("again") { talk.refuses(frame::DeliveryChunk{7, 0, part}); }
  SUBCASE("too much") { talk.refuses(frame::DeliveryChunk{7, 100, Bytes(151, 1)}); }
  SUBCASE("another delivery in between") { talk.refuses(delivery(8, 100, part)); }
  SUBCASE("drained in between") { talk.refuses(frame::Drained{1, 0, {}}); }
}

TEST_CASE("deliveries without credit end the session: memory is bounded by what was granted") {
  Talk talk;
  talk.ready();
  const Bytes part(3000, 1);
  Talk().ready().refuses(delivery(1, 3000, part));
  talk.session.subscribe(frame::Until::closed);
  CHECK(talk.hears(delivery(1, 3000, part)).has_value());
  CHECK(talk.hears(delivery(2, 3000, part)).has_value());  // begins within the credit, and overdraws it
  talk.session.take_frames(kStart);
  SUBCASE("one more") { talk.refuses(delivery(3, 3000, part)); }
  SUBCASE("returned first") {
    talk.session.return_credit(3000);
    CHECK(talk.said<frame::Credit>().bytes == 3000 + frame::kDeliveryCost);
    CHECK(talk.hears(delivery(3, 3000, part)).has_value());
  }
  SUBCASE("asking again grants nothing more") {
    talk.session.subscribe(frame::Until::closed);
    CHECK(talk.said<frame::Subscribe>().credit == 0);
  }
}

TEST_CASE("silence: a question that is not answered ends the session, an idle link is pinged") {
  Talk talk;
  CHECK(talk.session.next_deadline() == kStart + kAnswerDeadline);
  talk.ready();
  CHECK(talk.session.next_deadline() == kStart + std::chrono::seconds(30));
  CHECK(talk.session.tick(kStart + std::chrono::seconds(30)).has_value());
  CHECK(talk.said<frame::Ping>().token == 0);
  const Instant asked = kStart + std::chrono::seconds(30);
  talk.session.look_up({});
  talk.session.take_frames(asked);
  CHECK(talk.session.tick(asked + kAnswerDeadline - Duration(1)).has_value());
  CHECK(talk.session.tick(asked + kAnswerDeadline).error().reason == reasons::kSilent);
}

TEST_CASE("released numbers become ascending ranges, as many as a frame takes") {
  std::vector<frame::QueueNumber> numbers{9, 1, 2, 3, 3, 7, 8};
  const std::vector<frame::QueueRange> ranges = take_ranges(numbers);
  CHECK(ranges == std::vector<frame::QueueRange>{{1, 3}, {7, 9}});
  CHECK(numbers.empty());
  for (frame::QueueNumber i = 0; i < 3000; ++i) numbers.push_back(2 * i);
  CHECK(take_ranges(numbers).size() == frame::kReleaseRangesMax);
  CHECK(numbers.size() == 3000 - frame::kReleaseRangesMax);
  CHECK(numbers.front() == 2 * frame::kReleaseRangesMax);
}
