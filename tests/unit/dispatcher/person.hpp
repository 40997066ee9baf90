#pragma once
// A node with real keys, for what is signed.

#include "identity/identity.hpp"
#include "support/seeded_random.hpp"

namespace taut::test {

class Person {
 public:
  explicit Person(std::uint64_t seed) : identity_(make(seed)) {}

  const NodeId& node() const { return identity_.node_id(); }
  const crypto::SignatureKeyPair& key() const { return identity_.signature_key(); }
  Bytes card(std::uint64_t sequence, std::string name = "x",
             WallTime not_after = identity::kEndOfTime) const {
    identity::Card card = identity_.card();
    card.sequence = sequence;
    card.name = std::move(name);
    card.not_after = not_after;
    return to_bytes(identity::SignedCard::sign(card, key()).value().bytes());
  }
  Bytes revocation() const { return to_bytes(identity::SignedCard::revoke(key(), {}).value().bytes()); }

 private:
  static identity::Identity make(std::uint64_t seed) {
    SeededRandom random(seed);
    constexpr std::array kSuites{crypto::SuiteId::x25519_aes128gcm_sha256_ed25519};
    return identity::Identity::create(kSuites, std::nullopt, random).value();
  }

  identity::Identity identity_;
};

}  // namespace taut::test
