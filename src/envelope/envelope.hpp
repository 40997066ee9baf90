#pragma once
// A sealed message to one node (design §6; docs/protocol/envelope.md). Nothing outside names the sender.
//
//   struct {
//     uint8 format = 1;
//     uint16 suite;
//     opaque key_hint[8];                  the first bytes of the sealing key's hash
//     opaque enc<V>;                       HPKE, mode base
//     opaque ciphertext<V>;                of a Plaintext (envelope/letter.hpp)
//   } Envelope;
//
//   struct {
//     opaque label<V> = "taut 1 Envelope";
//     uint16 suite;
//     opaque recipient_id[32];
//     opaque sealing_key_hash[32];
//   } EnvelopeContext;                     HPKE's info and AAD

#include "crypto/hpke.hpp"
#include "envelope/bucket.hpp"
#include "envelope/letter.hpp"
#include "identity/sealing_key.hpp"

namespace taut::reasons {
/// Every envelope that cannot be opened, whatever was wrong with it.
inline constexpr Reason kBadEnvelope{"bad_envelope"};
}  // namespace taut::reasons

namespace taut::envelope {

inline constexpr std::size_t kKeyHintBytes = 8;
/// A dispatcher that serves taut takes messages of this size.
inline constexpr std::size_t kEnvelopeBytesMax = kBucketBytesMax + 1024;

struct Recipient {
  NodeId node_id;
  identity::SealingKey sealing_key;  ///< of its newest card, and not expired: the caller saw to both
};

/// @param signer  the sender's signature key, which letter.signature_key is
/// @errors misuse: as write_plaintext; incompatible: the sealing key's suite is not ours
Result<Bytes> seal(const Letter& letter, const Recipient& recipient, const crypto::SignatureKeyPair& signer,
                   Random& random);

/// @param keys  every sealing key that is not erased yet
/// @errors unauthentic (bad_envelope), whatever was wrong
Result<Letter> open(ByteView envelope, const NodeId& recipient,
                    std::span<const identity::SealingKeyPair> keys);

/// HPKE's algorithms of a suite.
crypto::hpke::Algorithms hpke_algorithms(const crypto::Suite& suite);
/// An EnvelopeContext.
Bytes context_bytes(std::uint16_t suite, const NodeId& recipient, const identity::SealingKeyHash& key);

}  // namespace taut::envelope
