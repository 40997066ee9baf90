#include "datagram/loss_recovery.hpp"

#include <doctest/doctest.h>

using namespace taut;
using namespace taut::datagram;
using namespace std::chrono_literals;

namespace {
Instant at(Duration since) { return Instant{since}; }
Ranges numbers(std::initializer_list<Range> list) {
  Ranges ranges;
  for (const Range& one : list) ranges.add(one);
  return ranges;
}
SentPacket packet(std::uint64_t number, Duration since, std::size_t size = 1000) {
  return {number, at(since), size, {number * 10, number * 10 + 10}, false};
}
}  // namespace

TEST_CASE("three packets behind is lost, two is not") {
  LossRecovery recovery;
  for (std::uint64_t i = 0; i < 5; ++i) recovery.on_sent(packet(i, 1ms * static_cast<int>(i)));
  const auto two = recovery.on_ack(numbers({{2, 3}}), 0ms, 4, at(50ms)).value();
  CHECK(two.acknowledged.size() == 1);
  CHECK(two.lost.empty());
  const auto three = recovery.on_ack(numbers({{2, 4}}), 0ms, 4, at(51ms)).value();
  REQUIRE(three.lost.size() == 1);
  CHECK(three.lost[0].number == 0);
}

TEST_CASE("a packet behind an acknowledged one is lost after nine eighths of the round trip") {
  LossRecovery recovery;
  recovery.on_sent(packet(0, 0ms));
  recovery.on_sent(packet(1, 0ms));
  CHECK(recovery.on_ack(numbers({{1, 2}}), 0ms, 1, at(80ms)).value().lost.empty());
  CHECK(recovery.deadline() == at(90ms));
  CHECK(recovery.on_timer(at(89ms)).lost.empty());
  const auto fired = recovery.on_timer(at(90ms));
  CHECK(fired.lost.size() == 1);
  CHECK_FALSE(fired.probe);
  CHECK_FALSE(recovery.deadline().has_value());
}

TEST_CASE("silence brings probes that back off, and an answer resets them") {
  LossRecovery recovery;
  recovery.measured(100ms);
  recovery.on_sent(packet(0, 0ms));
  const Instant first = *recovery.deadline();
  auto fired = recovery.on_timer(first);
  CHECK(fired.probe);
  REQUIRE(fired.lost.size() == 1);
  recovery.on_sent({1, first, 1000, fired.lost[0].stream, false});
  const Instant second = *recovery.deadline();
  CHECK(second - first == 2 * (first - at(0ms)));
  CHECK(recovery.unanswered_probes() == 1);
  CHECK(recovery.on_ack(numbers({{1, 2}}), 0ms, 1, second).has_value());
  CHECK(recovery.unanswered_probes() == 0);
}

TEST_CASE("the back-off ends, and seven probes are enough only after their time") {
  LossRecovery recovery;
  recovery.measured(1ms);
  Instant now = at(0ms);
  Instant last = now;
  std::uint64_t number = 0;
  while (!recovery.is_given_up()) {
    recovery.on_sent({number++, now, 1000, {0, 10}, false});
    last = std::exchange(now, *recovery.deadline());
    recovery.on_timer(now);
  }
  CHECK(now - last == kProbeDelayMax);
  CHECK(now - at(0ms) >= kUnansweredMax);
  CHECK(now - at(0ms) < kUnansweredMax + 2 * kProbeDelayMax);
  CHECK(recovery.unanswered_probes() > kUnansweredProbesMax);
}

TEST_CASE("an acknowledgement of what was never sent is a violation and changes nothing") {
  LossRecovery recovery;
  recovery.on_sent(packet(0, 0ms));
  CHECK(recovery.on_ack(numbers({{0, 2}}), 0ms, 0, at(1ms)).error().code == Errc::violation);
  CHECK(recovery.in_flight_count() == 1);
}

TEST_CASE("the window doubles in slow start, halves once a round trip, and stops at its minimum") {
  LossRecovery recovery;
  std::uint64_t number = 0;
  while (recovery.may_send(kDatagramBytesMax)) recovery.on_sent(packet(number++, 0ms, kDatagramBytesMax));
  CHECK(number == 10);
  REQUIRE(recovery.on_ack(numbers({{0, number}}), 0ms, number - 1, at(100ms)).has_value());
  CHECK(recovery.congestion().window_bytes() == 2 * kInitialWindowBytes);

  for (int i = 0; i < 20; ++i) recovery.on_sent(packet(number++, 100ms, kDatagramBytesMax));
  REQUIRE(recovery.on_ack(numbers({{number - 1, number}}), 0ms, number - 1, at(200ms)).has_value());
  CHECK(recovery.congestion().window_bytes() == (2 * kInitialWindowBytes + kDatagramBytesMax) / 2);

  CongestionWindow window;
  for (int i = 1; i < 20; ++i) window.on_lost(0, at(i * 10ms), at(i * 10ms + 1ms));
  CHECK(window.window_bytes() == kMinimumWindowBytes);
}

TEST_CASE("an idle sender's window does not grow") {
  LossRecovery recovery;
  recovery.on_sent(packet(0, 0ms));
  REQUIRE(recovery.on_ack(numbers({{0, 1}}), 0ms, 0, at(10ms)).has_value());
  CHECK(recovery.congestion().window_bytes() == kInitialWindowBytes);
}

TEST_CASE("the round trip follows RFC 9002's arithmetic") {
  RoundTrip trip;
  trip.add(100ms, 0ms);
  CHECK(trip.smoothed() == 100ms);
  CHECK(trip.probe_timeout() == 100ms + 4 * 50ms + kAckDelayMax);
  trip.add(168ms, 8ms);  // 160 ms after the delay that the peer admits
  CHECK(trip.smoothed() == (7 * Duration(100ms) + 160ms) / 8);
  CHECK(trip.loss_delay() == 9 * Duration(168ms) / 8);
  trip.add(180ms, 20ms);  // more than it may wait
  CHECK(trip.loss_delay() == 9 * Duration(180ms) / 8);
}
