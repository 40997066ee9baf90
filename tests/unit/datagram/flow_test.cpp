#include "datagram/flow.hpp"

#include <doctest/doctest.h>

#include <queue>
#include <random>

using namespace taut;
using namespace taut::datagram;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t kPayloadMax = 1150;

/// Two flows and a path between them that loses, doubles and delays, in virtual time.
class Path {
 public:
  struct Faults {
    unsigned lost_percent = 0;
    unsigned doubled_percent = 0;
    Duration delay_min = 20ms;
    Duration delay_max = 20ms;
  };
  Path(std::uint64_t seed, Faults faults) : engine_(seed), faults_(faults) {}

  std::array<Flow, 2> ends;
  Instant now{};
  std::size_t packets = 0;
  std::size_t bytes = 0;

  /// Runs until `done`, or until nothing moves any more.
  template <class Done>
  bool run(Done done, Duration limit = 600s) {
    while (!done() && now < Instant{limit}) {
      pump();
      std::optional<Instant> next;
      const auto consider = [&](std::optional<Instant> at) {
        if (at) next = next ? std::min(*next, *at) : *at;
      };
      if (!wire_.empty()) consider(wire_.top().at);
      for (const Flow& end : ends) consider(end.next_deadline());
      if (!next) return done();
      now = std::max(now, *next);
      for (Flow& end : ends) end.tick(now);
      while (!wire_.empty() && wire_.top().at <= now) {
        const Packet packet = wire_.top();
        wire_.pop();
        Status received;
        if (!seen_[packet.to].contains(packet.number))
          received = ends[packet.to].receive(packet.number, packet.payload, now);
        if (received) seen_[packet.to].add({packet.number, packet.number + 1});
        REQUIRE((received || received.error().code == Errc::exhausted));
      }
    }
    return done();
  }

 private:
  struct Packet {
    Instant at;
    std::uint64_t number;
    std::size_t to;
    Bytes payload;
    bool operator<(const Packet& other) const { return at > other.at; }
  };
  void pump() {
    for (std::size_t from = 0; from < 2; ++from) {
      for (Bytes payload; ends[from].next_packet(numbers_[from], kPayloadMax, payload, now);
           payload.clear()) {
        REQUIRE(payload.size() <= kPayloadMax);
        ++packets;
        bytes += payload.size();
        const int copies = engine_() % 100 < faults_.lost_percent      ? 0
                           : engine_() % 100 < faults_.doubled_percent ? 2
                                                                       : 1;
        for (int i = 0; i < copies; ++i) {
          const auto spread = static_cast<std::uint64_t>((faults_.delay_max - faults_.delay_min).count()) + 1;
          const Duration delay = faults_.delay_min + Duration(static_cast<std::int64_t>(engine_() % spread));
          wire_.push({now + delay, numbers_[from], 1 - from, payload});
        }
        ++numbers_[from];
      }
    }
  }

  std::mt19937_64 engine_;
  Faults faults_;
  std::priority_queue<Packet> wire_;
  std::array<std::uint64_t, 2> numbers_{};
  std::array<Ranges, 2> seen_;
};

Bytes numbered(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<Byte>(i * 131 >> 4);
  return bytes;
}

/// Sends `all` from end 0 to end 1, ends both ways, and gives what came.
Bytes transfer(Path& path, const Bytes& all) {
  Bytes received;
  std::size_t written = 0;
  const auto step = [&] {
    const std::size_t size = std::min(path.ends[0].room(), all.size() - written);
    REQUIRE((size == 0 || path.ends[0].write(ByteView(all).subspan(written, size)).has_value()));
    written += size;
    if (written == all.size()) path.ends[0].end();
    append(received, path.ends[1].ready());
    path.ends[1].take(path.ends[1].ready().size());
    if (path.ends[1].peer_ended()) path.ends[1].end();
    return path.ends[0].ended() && path.ends[1].ended() && path.ends[0].peer_ended() &&
           path.ends[1].peer_ended();
  };
  CHECK(path.run(step));
  return received;
}

}  // namespace

TEST_CASE("a clean path carries everything, and both ends know the end") {
  Path path(1, {});
  const Bytes all = numbered(300'000);
  CHECK(transfer(path, all) == all);
  CHECK(path.bytes < all.size() * 11 / 10);
}

TEST_CASE("loss, doubling and disorder change nothing but the time") {
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U, 5U, 6U, 7U, 8U}) {
    CAPTURE(seed);
    Path path(seed, {30, 20, 5ms, 120ms});
    const Bytes all = numbered(150'000);
    CHECK(transfer(path, all) == all);
  }
}

TEST_CASE("a stream larger than the window flows as the reader takes it") {
  Path path(3, {2, 0, 10ms, 12ms});
  const Bytes all = numbered(5 * kStreamWindowBytes);
  CHECK(transfer(path, all) == all);
}

TEST_CASE("a peer that vanished is noticed soon after 15 s, and costs few packets") {
  Path path(1, {100, 0, 1ms, 1ms});
  REQUIRE(path.ends[0].write(Bytes(100)).has_value());
  CHECK(path.run([&] { return path.ends[0].is_dead(); }));
  CHECK(path.now > Instant{kUnansweredMax});
  CHECK(path.now < Instant{kUnansweredMax + 5s});
  CHECK(path.packets < 20);
}

TEST_CASE("idle ends are silent") {
  Path path(1, {});
  REQUIRE(path.ends[0].write(Bytes(10)).has_value());
  CHECK_FALSE(path.run([] { return false; }));
  CHECK(path.packets <= 3);
  CHECK(path.ends[0].is_idle());
  CHECK(path.ends[1].is_idle());
}

TEST_CASE("what breaks the protocol is a typed error") {
  const auto code = [](auto write) {
    Flow flow;
    const Bytes payload = wire::written(write);
    return flow.receive(0, payload, {}).error().code;
  };
  CHECK(code([](wire::Writer& w) { w.u8(99); }) == Errc::violation);
  CHECK(code([](wire::Writer& w) { w.u8(0).u8(1); }) == Errc::malformed);
  CHECK(code([](wire::Writer& w) { w.u8(3).u64(0).vector({}); }) == Errc::malformed);
  CHECK(code([](wire::Writer& w) { w.u8(3).u64(kStreamWindowBytes).vector(Bytes(1)); }) == Errc::violation);
  CHECK(code([](wire::Writer& w) { w.u8(2).u64(5).u32(0).u16(0).vector({}); }) == Errc::violation);
  CHECK(code([](wire::Writer& w) { w.u8(2).u64(5).u32(0).u16(6).vector({}); }) == Errc::malformed);
  CHECK(code([](wire::Writer& w) { w.u8(2).u64(9).u32(0).u16(1).vector(Bytes{0, 9, 0, 0}); }) ==
        Errc::malformed);
  CHECK(code([](wire::Writer& w) { w.u8(3).u64(0).vector(Bytes(9)).u8(5).u64(8); }) == Errc::violation);
}

TEST_CASE("acknowledgements survive their encoding") {
  Ack ack;
  for (std::uint64_t i = 0; i < 40; ++i) ack.numbers.add({1000 + i * 10, 1000 + i * 10 + 1 + i % 7});
  ack.delay = 1500us;
  const Bytes bytes = wire::written([&](wire::Writer& w) { write_ack(w, ack); });
  CHECK(bytes.size() <= kAckBytesMax);
  wire::Reader in(bytes);
  const Ack read = std::get<Ack>(read_segment(in).value().value());
  ack.numbers.keep_highest(kAckRangesMax);
  CHECK(std::ranges::equal(read.numbers.all(), ack.numbers.all()));
  CHECK(read.delay == 1500us);
}
