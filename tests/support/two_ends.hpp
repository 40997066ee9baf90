#pragma once
// Two nodes and a string between them that a test may hold, cut or bend.

#include <string>

#include "link/stream_link.hpp"
#include "support/seeded_random.hpp"

namespace taut::test {

using namespace taut::link;
using crypto::SuiteId;

inline constexpr WallTime kNoon{1'700'000'000'000};
inline constexpr SuiteId kDefaultSuite = SuiteId::x25519_aes128gcm_sha256_ed25519;
inline constexpr std::array kLinkSuites{
    SuiteId::x25519_aes128gcm_sha256_ed25519, SuiteId::p256_aes128gcm_sha256_p256,
    SuiteId::x25519_chacha20poly1305_sha256_ed25519, SuiteId::p384_aes256gcm_sha384_p384};

inline Instant at(Duration since_start) { return Instant{since_start}; }

struct Node {
  explicit Node(std::uint64_t seed, std::span<const SuiteId> suites = kLinkSuites)
      : random(seed), identity(identity::Identity::create(suites, kNoon, random).value()) {}

  Local local() { return {identity, random, limits, known_peers}; }
  Remote remote(SuiteId suite = kDefaultSuite) const {
    return {identity.node_id(), suite, identity.link_key(suite)->pair.public_key, 1};
  }

  SeededRandom random;
  identity::Identity identity;
  Limits limits{};
  KnownPeers* known_peers = nullptr;
};

using Frames = std::vector<Bytes>;

/// One end, with everything that it told its owner.
struct End {
  explicit End(StreamLink link_of) : link(std::move(link_of)) {}

  void receive(ByteView bytes, Instant now = {}) {
    Events events;
    link.receive(bytes, now, events);
    note(events);
  }
  void receive_end() {
    Events events;
    link.receive_end(events);
    note(events);
  }
  void tick(Instant now) {
    Events events;
    link.tick(now, events);
    note(events);
  }
  Bytes flush(Instant now = {}) {
    Bytes all;
    Bytes buffer(kFlushBytesMin);
    while (link.wants_flush()) {
      const auto size = link.flush(buffer, now);
      if (!size || *size == 0) break;
      append(all, ByteView(buffer).first(*size));
    }
    return all;
  }

  StreamLink link;
  std::vector<NodeId> claimed;
  std::vector<Peer> authenticated;
  Frames frames;
  std::vector<Closed> closed;
  std::string told;  ///< the events' names in order: "claimed authenticated frame closed(clean ended)"

 private:
  static std::string name_of(Ending ending) {
    constexpr std::array kNames{"clean", "cut", "refused", "broken", "late"};
    return kNames[static_cast<std::size_t>(ending)];
  }
  void tell(const std::string& what) { told += (told.empty() ? "" : " ") + what; }
  std::string text_of(const Closed& one) {
    return "closed(" + name_of(one.ending) + " " + std::string(one.error.reason.name) + ")";
  }
  void note(const Events& events) {
    for (const Event& event : events) {
      if (const auto* one = std::get_if<PeerClaimed>(&event))
        tell("claimed"), claimed.push_back(one->node_id);
      if (const auto* one = std::get_if<PeerAuthenticated>(&event))
        tell("authenticated"), authenticated.push_back(one->peer);
      if (const auto* one = std::get_if<FrameReceived>(&event))
        tell("frame"), frames.push_back(to_bytes(one->frame));
      if (const auto* one = std::get_if<Closed>(&event)) tell(text_of(*one)), closed.push_back(*one);
    }
  }
};

/// Alice has dialled Bob; nothing has moved yet.
struct TwoEnds {
  explicit TwoEnds(SuiteId suite = kDefaultSuite) : TwoEnds(Limits{}, suite) {}
  TwoEnds(Limits limits, SuiteId suite = kDefaultSuite)
      : alice(1, std::array{suite}), bob(2, std::array{suite}), a(dial(limits, suite)), b(accept(limits)) {}

  /// Moves what waits, both ways, until nothing does.
  void pump(Instant now = {}) {
    for (;;) {
      const Bytes to_bob = a.flush(now);
      if (!to_bob.empty()) b.receive(to_bob, now);
      const Bytes to_alice = b.flush(now);
      if (!to_alice.empty()) a.receive(to_alice, now);
      if (to_bob.empty() && to_alice.empty()) return;
    }
  }

  Node alice;
  Node bob;
  End a;
  End b;

 private:
  End dial(const Limits& limits, SuiteId suite) {
    alice.limits = limits;
    return End(StreamLink::dial(alice.local(), bob.remote(suite), Purpose::dispatcher, {}, kNoon).value());
  }
  End accept(const Limits& limits) {
    bob.limits = limits;
    return End(StreamLink::accept(bob.local(), {Purpose::dispatcher}, {}, kNoon));
  }
};

inline Bytes frame_of(std::size_t size, Byte value = 7) { return Bytes(size, value); }

}  // namespace taut::test
