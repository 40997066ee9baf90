#pragma once
// A real link between a peer and its victim, over a stream or over datagrams.

#include <deque>

#include "datagram/endpoint.hpp"
#include "identity/identity.hpp"
#include "link/stream_link.hpp"
#include "support/seeded_random.hpp"

namespace taut::test {

inline constexpr WallTime kToday{1'800'000'000'000};
inline constexpr std::array kLineSuite{crypto::SuiteId::x25519_aes128gcm_sha256_ed25519};

struct Person {
  explicit Person(std::uint64_t seed)
      : random(seed), identity(identity::Identity::create(kLineSuite, kToday, random).value()) {}
  link::Local local() { return {identity, random}; }

  SeededRandom random;
  identity::Identity identity;
};

inline link::Remote remote_of(const identity::Identity& identity) {
  return {identity.node_id(), kLineSuite[0], identity.link_key(kLineSuite[0])->pair.public_key, 1};
}

class Line {
 public:
  virtual ~Line() = default;
  /// The peer says it, however wrong it is.
  virtual void say(ByteView frame) = 0;
  virtual void answer(ByteView frame) = 0;
  virtual void hang_up() = 0;
  /// Everything that is on its way arrives.
  virtual void pump() = 0;

  std::deque<Bytes> at_victim;
  std::deque<Bytes> at_peer;
};

enum class Dials : std::uint8_t { peer, victim };

class StreamLine final : public Line {
 public:
  StreamLine(const link::Local& peer, const link::Local& victim, Dials who)
      : peer_(who == Dials::peer ? dialled(peer, victim) : accepted(peer)),
        victim_(who == Dials::peer ? accepted(victim) : dialled(victim, peer)) {
    pump();
  }
  void say(ByteView frame) override { (void)peer_.send(frame); }
  void answer(ByteView frame) override { (void)victim_.send(frame); }
  void hang_up() override { victim_.close({}); }
  void pump() override {
    while (move(peer_, victim_, at_victim) || move(victim_, peer_, at_peer)) {
    }
  }

 private:
  static link::StreamLink dialled(const link::Local& from, const link::Local& to) {
    return link::StreamLink::dial(from, remote_of(to.identity), link::Purpose::dispatcher, {}, kToday)
        .value();
  }
  static link::StreamLink accepted(const link::Local& by) {
    return link::StreamLink::accept(by, {link::Purpose::dispatcher}, {}, kToday);
  }
  static bool move(link::StreamLink& from, link::StreamLink& to, std::deque<Bytes>& frames) {
    Bytes buffer(link::kFlushBytesMin);
    bool has_moved = false;
    while (from.wants_flush()) {
      const std::size_t size = from.flush(buffer, {}).value();
      if (size == 0) break;
      link::Events events;
      to.receive(ByteView(buffer).first(size), {}, events);
      for (const link::Event& event : events)
        if (const auto* one = std::get_if<link::FrameReceived>(&event))
          frames.push_back(to_bytes(one->frame));
      has_moved = true;
    }
    return has_moved;
  }

  link::StreamLink peer_;
  link::StreamLink victim_;
};

class DatagramLine final : public Line {
 public:
  DatagramLine(const link::Local& peer, const link::Local& victim, Dials who)
      : peer_{datagram::Endpoint(peer, served(who == Dials::victim)), address(1), 0},
        victim_{datagram::Endpoint(victim, served(who == Dials::peer)), address(2), 0} {
    End& dialler = who == Dials::peer ? peer_ : victim_;
    const link::Local& called = who == Dials::peer ? victim : peer;
    const PeerAddress to = who == Dials::peer ? victim_.address : peer_.address;
    dialler.link =
        dialler.endpoint.dial(remote_of(called.identity), link::Purpose::dispatcher, to, now_, kToday)
            .value();
    pump();
  }
  void say(ByteView frame) override { (void)peer_.endpoint.send(peer_.link, frame); }
  void answer(ByteView frame) override { (void)victim_.endpoint.send(victim_.link, frame); }
  void hang_up() override { victim_.endpoint.close(victim_.link, now_); }
  void pump() override {
    for (int idle = 0; idle < 8;) {
      if (move(peer_, victim_, at_victim) || move(victim_, peer_, at_peer)) continue;
      ++idle;
      now_ = next_moment();
      datagram::LinkEvents events;
      peer_.endpoint.tick(now_, kToday, events);
      victim_.endpoint.tick(now_, kToday, events);
    }
  }

 private:
  using PeerAddress = datagram::PeerAddress;
  /// The next deadline of either end, or a while.
  Instant next_moment() const {
    Instant next = now_ + std::chrono::milliseconds(30);
    for (const End* end : {&peer_, &victim_})
      if (const auto due = end->endpoint.next_deadline()) next = std::min(next, std::max(now_, *due));
    return next;
  }
  struct End {
    datagram::Endpoint endpoint;
    PeerAddress address;
    datagram::LinkId link;
  };
  static PeerAddress address(Byte host) {
    return {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, host}, 7420};
  }
  static link::Purposes served(bool is_served) {  // NOLINT: who answers
    return is_served ? link::Purposes{link::Purpose::dispatcher} : link::Purposes{};
  }
  bool move(End& from, End& to, std::deque<Bytes>& frames) {
    PeerAddress where;
    bool has_moved = false;
    for (Bytes out; from.endpoint.next_datagram(where, out, now_);) {
      datagram::LinkEvents events;
      to.endpoint.receive(from.address, out, now_, kToday, events);
      for (const datagram::LinkEvent& event : events) {
        if (std::holds_alternative<link::PeerAuthenticated>(event.event)) to.link = event.link;
        if (const auto* one = std::get_if<link::FrameReceived>(&event.event))
          frames.push_back(to_bytes(one->frame));
      }
      has_moved = true;
    }
    return has_moved;
  }

  Instant now_{std::chrono::hours(1)};
  End peer_;
  End victim_;
};

enum class Over : std::uint8_t { stream, datagram };

inline std::unique_ptr<Line> make_line(Over over, const link::Local& peer, const link::Local& victim,
                                       Dials who) {
  if (over == Over::stream) return std::make_unique<StreamLine>(peer, victim, who);
  return std::make_unique<DatagramLine>(peer, victim, who);
}

}  // namespace taut::test
