#pragma once
// Endpoints on machines, and a network between them that loses, delays and remembers, in virtual time.

#include "datagram/endpoint.hpp"

#include <doctest/doctest.h>

#include <queue>
#include <random>

#include "datagram/limits.hpp"
#include "datagram/packet.hpp"
#include "identity/identity.hpp"
#include "support/seeded_random.hpp"

namespace taut::datagram::test_world {

using namespace std::chrono_literals;

inline const WallTime kWall{1'800'000'000'000};
inline constexpr std::array kSuites = {crypto::SuiteId::x25519_aes128gcm_sha256_ed25519};

inline PeerAddress address_of(std::uint8_t host, std::uint16_t port = 7420) {
  PeerAddress address;
  address.ip = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, host};
  address.port = port;
  return address;
}

/// One machine: an identity, an endpoint, an address, and what happened to its links.
struct Machine {
  explicit Machine(std::uint8_t host, link::Purposes served = {}, std::uint64_t seed = 0)
      : random(seed * 1000 + host),
        identity(identity::Identity::create(kSuites, kWall, random).value()),
        address(address_of(host)),
        endpoint(link::Local{identity, random}, served) {}

  test::SeededRandom random;
  identity::Identity identity;
  PeerAddress address;
  Endpoint endpoint;
  std::vector<Bytes> frames;
  std::vector<LinkId> opened;
  std::vector<std::pair<LinkId, link::Closed>> closed;

  link::Remote remote() const {
    return {identity.node_id(), kSuites[0], identity.link_key(kSuites[0])->pair.public_key, 1};
  }
  void note(const LinkEvents& events) {
    for (const LinkEvent& one : events) {
      if (std::holds_alternative<link::PeerAuthenticated>(one.event)) opened.push_back(one.link);
      if (const auto* frame = std::get_if<link::FrameReceived>(&one.event))
        frames.push_back(to_bytes(frame->frame));
      if (const auto* over = std::get_if<link::Closed>(&one.event)) closed.emplace_back(one.link, *over);
    }
  }
};

/// Machines and the network between them, in virtual time.
class World {
 public:
  World(std::uint64_t seed, unsigned lost_percent) : engine_(seed), lost_percent_(lost_percent) {}

  Instant now{std::chrono::hours(1)};
  std::vector<Machine*> machines;
  std::vector<std::pair<PeerAddress, Bytes>> recorded;  // every datagram, and who sent it

  template <class Done>
  bool run(Done done, Duration limit = 300s) {
    const Instant until = now + limit;
    while (!done()) {
      pump();
      std::optional<Instant> next;
      if (!wire_.empty()) next = wire_.top().at;
      for (const Machine* machine : machines) {
        if (const auto at = machine->endpoint.next_deadline()) next = next ? std::min(*next, *at) : *at;
      }
      if (!next || *next > until) {
        now = until;
        return done();
      }
      now = std::max(now, *next);
      step();
    }
    return true;
  }
  void inject(const PeerAddress& from, const PeerAddress& to, const Bytes& datagram) {
    wire_.push({now, sequence_++, from, to, datagram});
  }

 private:
  struct Flying {
    Instant at;
    std::uint64_t sequence;
    PeerAddress from;
    PeerAddress to;
    Bytes datagram;
    bool operator<(const Flying& other) const {
      return std::pair(at, sequence) > std::pair(other.at, other.sequence);
    }
  };
  void pump() {
    for (Machine* machine : machines) {
      PeerAddress to;
      for (Bytes out; machine->endpoint.next_datagram(to, out, now);) {
        REQUIRE(out.size() <= kDatagramBytesMax);
        recorded.emplace_back(machine->address, out);
        if (engine_() % 100 < lost_percent_) continue;
        const Duration delay = 5ms + Duration(static_cast<std::int64_t>(engine_() % 30'000'000));
        wire_.push({now + delay, sequence_++, machine->address, to, out});
      }
    }
  }
  void step() {
    LinkEvents events;
    for (Machine* machine : machines) {
      machine->endpoint.tick(now, kWall, events);
      machine->note(events);
      events.clear();
    }
    while (!wire_.empty() && wire_.top().at <= now) {
      const Flying flying = wire_.top();
      wire_.pop();
      for (Machine* machine : machines) {
        if (machine->address != flying.to) continue;
        machine->endpoint.receive(flying.from, flying.datagram, now, kWall, events);
        machine->note(events);
        events.clear();
      }
    }
  }

  std::mt19937_64 engine_;
  unsigned lost_percent_;
  std::uint64_t sequence_ = 0;
  std::priority_queue<Flying> wire_;
};

/// A client and a server that are linked already.
struct Pair {
  explicit Pair(std::uint64_t seed, unsigned lost_percent = 0) : world(seed, lost_percent) {
    world.machines = {&client, &server};
    link = client.endpoint.dial(server.remote(), link::Purpose::dispatcher, server.address, world.now, kWall)
               .value();
  }
  bool open() {
    return world.run([&] { return !client.opened.empty() && !server.opened.empty(); });
  }
  Machine client{1};
  Machine server{2, {link::Purpose::dispatcher}};
  World world;
  LinkId link = 0;
};

inline Bytes frame_of(std::size_t size, std::size_t seed) {
  Bytes frame(size);
  for (std::size_t i = 0; i < size; ++i) frame[i] = static_cast<Byte>(i * 7 + seed);
  return frame;
}

}  // namespace taut::datagram::test_world
