#pragma once
// Who the tests are about.

#include "identity/identity.hpp"
#include "support/seeded_random.hpp"

namespace taut::test {

inline constexpr WallTime kNow{1'800'000'000'000};
inline constexpr std::array kDefaultSuite{crypto::SuiteId::x25519_aes128gcm_sha256_ed25519};

inline identity::Identity person(std::uint64_t seed) {
  SeededRandom random(seed);
  return identity::Identity::create(kDefaultSuite, kNow, random).value();
}

/// A card as an ordinary node has it: one sealing key, one dispatcher.
inline identity::Card card_of(const identity::Identity& who, const identity::Identity& dispatcher) {
  SeededRandom random(99);
  identity::Card card = who.card();
  card.sequence = kNow.unix_ms;
  card.not_after = kNow + std::chrono::days(365);
  card.name = "bob";
  card.sealing_key = identity::SealingKeyPair::create(kDefaultSuite[0], kNow + std::chrono::days(28), random)
                         .value()
                         .public_part();
  card.dispatchers.push_back({dispatcher.node_id(),
                              dispatcher.card().link_keys.front(),
                              {{identity::Carrier::tcp, "127.0.0.1", 7420}}});
  return card;
}

}  // namespace taut::test
