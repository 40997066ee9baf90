#pragma once
// Sealing keys: medium-term HPKE keys that envelopes are sealed to, rotated weekly
// (docs/protocol/identity.md, "Sealing keys").
//
//   struct {
//     opaque label<V> = "taut 1 SealingKey";
//     uint16 suite;
//     opaque public_key<V>;
//   } SealingKeyInput;                    sealing key hash = SHA-256(SealingKeyInput)

#include "base/ids.hpp"
#include "base/time.hpp"
#include "crypto/dh.hpp"
#include "crypto/suite.hpp"

namespace taut::identity {

using SealingKeyHash = Opaque<struct SealingKeyHashTag, 32>;

/// struct { uint16 suite; opaque public_key<V>; uint64 not_after; } SealingKey;
/// A suite that we do not know stays readable, so that one card serves old and new senders.
struct SealingKey {
  std::uint16_t suite = 0;
  Bytes key;
  WallTime not_after;  ///< no envelope is sealed to it afterwards

  SealingKeyHash hash() const;
  friend bool operator==(const SealingKey&, const SealingKey&) = default;
};

/// The secret part. Erasing it is forward secrecy for envelopes: it lives apart from the identity.
struct SealingKeyPair {
  crypto::SuiteId suite;
  crypto::DhKeyPair pair;
  WallTime not_after;

  static Result<SealingKeyPair> create(crypto::SuiteId suite, WallTime not_after, Random& random);
  SealingKey public_part() const;

  /// Versioned form for the state file. @errors malformed, incompatible
  SecretBytes serialise() const;
  static Result<SealingKeyPair> parse(ByteView bytes);
};

}  // namespace taut::identity
