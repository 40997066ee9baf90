#pragma once
// A card: what a node says about itself, signed (docs/protocol/identity.md, "Cards").
//
//   struct {
//     uint16 version_lowest, version_highest;
//     uint16 signature_algorithm;
//     opaque signature_key<V>;
//     uint64 sequence;
//     uint64 not_after;
//     opaque name<V>;
//     LinkKey link_keys<V>;
//     uint16 mls_suites<V>;
//     optional<SealingKey> sealing_key;
//     Address serves_at<V>;
//     Dispatcher dispatchers<V>;
//     Extension extensions<V>;
//   } CardTBS;                            signed under the label "Card"
//
//   struct {
//     uint8 format = 1;
//     opaque tbs<V>;
//     opaque signature<V>;
//   } Card;
//
// The card's signature is the certificate of its link keys: it covers the node ID (through the
// signature key), suite, key, lifetime and sequence. Handshakes carry certificates of their own.

#include <optional>
#include <string>

#include "crypto/signature.hpp"
#include "identity/address.hpp"
#include "identity/link_key.hpp"
#include "identity/sealing_key.hpp"
#include "wire/extensions.hpp"

namespace taut::identity {

inline constexpr std::size_t kCardBytesMax = 8192;
inline constexpr std::size_t kNameBytesMax = 64;
inline constexpr std::size_t kPublicKeyBytesMax = 2048;  ///< leaves room for hybrid keys
inline constexpr std::size_t kLinkKeyCountMax = 8;
inline constexpr std::size_t kMlsSuiteCountMax = 16;
inline constexpr std::size_t kAddressCountMax = 8;
inline constexpr std::size_t kDispatcherCountMax = 8;

/// Protocol versions that a node speaks; two nodes take the highest common one.
struct VersionRange {
  std::uint16_t lowest = 1;
  std::uint16_t highest = 1;
  friend bool operator==(const VersionRange&, const VersionRange&) = default;
};
/// What this library speaks.
inline constexpr VersionRange kVersions{1, 1};
/// @errors incompatible: nothing in common
Result<std::uint16_t> common_version(const VersionRange& a, const VersionRange& b);

/// struct { uint16 suite; opaque link_key<V>; } LinkKey;   ascending by suite
struct LinkKey {
  std::uint16_t suite = 0;
  Bytes key;
  friend bool operator==(const LinkKey&, const LinkKey&) = default;
};

/// Who keeps an inbox for the card's node.
/// struct { opaque node_id[32]; LinkKey link_key; Address addresses<V>; } Dispatcher;
struct Dispatcher {
  NodeId node_id;
  LinkKey link_key;
  std::vector<Address> addresses;  ///< in the order of preference, at least one
  friend bool operator==(const Dispatcher&, const Dispatcher&) = default;
};

/// A final card, signed in advance and kept offline: it always wins. Critical extension 0x8001:
/// struct { optional<NodeId> successor; } Revocation;
/// Its sequence is 2^64 - 1 and everything but the signature key is empty.
struct Revocation {
  std::optional<NodeId> successor;  ///< a hint for people: the successor is to be verified anew
  friend bool operator==(const Revocation&, const Revocation&) = default;
};
inline constexpr std::uint16_t kRevocationExtension = 0x8001;

struct Card {
  VersionRange versions = kVersions;
  crypto::SignaturePublic signature_key;
  std::uint64_t sequence = 0;
  WallTime not_after = kEndOfTime;
  std::string name;  ///< self-chosen, at most kNameBytesMax, UTF-8 without control characters
  std::vector<LinkKey> link_keys;
  std::vector<std::uint16_t> mls_suites;
  std::optional<SealingKey> sealing_key;
  std::vector<Address> serves_at;  ///< not empty: the node is a dispatcher, and its own
  std::vector<Dispatcher> dispatchers;
  wire::Extensions extensions;

  NodeId node_id() const;
  /// nullptr: the node does not offer this suite.
  const LinkKey* link_key(crypto::SuiteId suite) const;
  /// Every dispatcher that keeps this node's inbox, itself first when it is one.
  std::vector<Dispatcher> inboxes() const;
  bool is_revocation() const;

  friend bool operator==(const Card&, const Card&) = default;
};

/// max(last + 1, Unix milliseconds): grows also where a clock went back or is unknown.
/// @errors exhausted: 2^64 - 2 was reached; the last number belongs to revocations
Result<std::uint64_t> next_sequence(std::uint64_t last, std::optional<WallTime> now);

/// A card that was verified, with its bytes as signed. Copyable.
class SignedCard {
 public:
  /// Checks everything that does not depend on time: bounds, keys, order, canonical encoding, signature.
  /// @errors malformed; unauthentic: bad_signature; incompatible: format, critical extension, algorithm
  static Result<SignedCard> parse(ByteView bytes);
  /// A card that was verified before it was kept where only its keeper writes: no signature is looked at.
  /// @errors malformed; incompatible
  static Result<SignedCard> restore(ByteView bytes);
  /// @errors misuse: the card breaks a rule, or the key is not the card's
  static Result<SignedCard> sign(const Card& card, const crypto::SignatureKeyPair& key);
  /// @errors as sign
  static Result<SignedCard> revoke(const crypto::SignatureKeyPair& key, const Revocation& revocation);

  const Card& card() const { return card_; }
  const NodeId& node_id() const { return node_id_; }
  ByteView bytes() const { return bytes_; }
  std::optional<Revocation> revocation() const;

  /// @errors unauthentic: expired
  Status check_at(std::optional<WallTime> now) const;
  /// Whether this card takes the place of `held`: the same node's, and a higher sequence.
  /// @errors misuse: another node's; replayed (old_card): not newer
  Status check_replaces(const SignedCard& held) const;

  friend bool operator==(const SignedCard& a, const SignedCard& b) { return a.bytes_ == b.bytes_; }

 private:
  SignedCard(Card card, Bytes bytes);
  Card card_;
  NodeId node_id_;
  Bytes bytes_;
};

}  // namespace taut::identity
