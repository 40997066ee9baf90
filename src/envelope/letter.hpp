#pragma once
// The inside of an envelope (docs/protocol/envelope.md, "Inside").
//
//   struct {
//     uint16 signature_algorithm;
//     opaque signature_key<V>;             the sender's: its hash is the sender ID
//     opaque message_id[16];
//     uint64 stream_id;
//     uint64 counter;
//     uint64 time;                         sender's clock, Unix milliseconds; 0: it has none
//     uint16 content_type;
//     opaque content<V>;
//     Extension extensions<V>;             1: the sender's card; 2: a delivery token;
//                                          3 (empty): the sender waits for the release
//   } Letter;
//
//   struct {
//     opaque sender_id[32];
//     opaque recipient_id[32];
//     opaque sealing_key_hash[32];
//     opaque enc<V>;
//     Letter letter;
//   } LetterTBS;                           signed under the label "Envelope"
//
//   struct {
//     opaque letter<V>;
//     opaque signature<V>;
//     opaque padding[…];                   zeros, up to the bucket
//   } Plaintext;

#include <optional>

#include "envelope/content.hpp"
#include "identity/card.hpp"

namespace taut::envelope {

/// Random, new at init and after every restore (design §6).
using StreamId = std::uint64_t;
/// Runs per sender, recipient and stream, from 0 to kCounterMax.
using Counter = std::uint64_t;
/// One below the largest number, so that there always is a next one.
inline constexpr Counter kCounterMax = std::numeric_limits<Counter>::max() - 1;

inline constexpr std::uint16_t kSenderCardExtension = 1;
inline constexpr std::uint16_t kDeliveryTokenExtension = 2;
inline constexpr std::uint16_t kReleaseWantedExtension = 3;
inline constexpr std::size_t kDeliveryTokenBytesMax = 32;

/// Whether the sender waits for the recipient's signature that it has the letter (envelope/release.hpp).
enum class ReleaseWord : std::uint8_t { unwanted, wanted };

struct Letter {
  crypto::SignaturePublic signature_key;
  MessageId message_id;
  StreamId stream = 0;
  Counter counter = 0;
  WallTime time;
  Content content;
  /// So that a stranger can be answered; the sender's own, or absent.
  std::optional<identity::SignedCard> sender_card;
  /// What the recipient may show to the sender's dispatchers; 1..kDeliveryTokenBytesMax bytes, or empty.
  Bytes delivery_token;
  ReleaseWord release = ReleaseWord::unwanted;

  NodeId sender() const;
  friend bool operator==(const Letter&, const Letter&) = default;
};

/// What a letter is bound to beside what it says.
struct Binding {
  NodeId recipient;
  identity::SealingKeyHash sealing_key;
  ByteView enc;  ///< HPKE's encapsulated key: the signature serves for this envelope alone
};

/// Signs and pads.
/// @errors misuse: content over kContentBytesMax, counter over kCounterMax, a signature key or card that
///         is not the signer's
Result<Bytes> write_plaintext(const Letter& letter, const Binding& binding,
                              const crypto::SignatureKeyPair& signer);

/// Parses and verifies.
/// @errors malformed, unauthentic, incompatible: for tests; envelope::open gives one answer
Result<Letter> parse_plaintext(ByteView plaintext, const Binding& binding);

}  // namespace taut::envelope
