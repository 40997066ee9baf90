#pragma once
// The secret part of a node: its signature key and a link key per suite. Sealing keys live apart
// (identity/sealing_key.hpp), because they are erased while the identity stays.

#include "identity/card.hpp"
#include "identity/link_key.hpp"

namespace taut::identity {

/// How long a link key's certificate holds, and how far back it starts: clocks differ.
inline constexpr std::chrono::days kLinkKeyLife{730};
inline constexpr std::chrono::days kClockSkew{1};

class Identity {
 public:
  /// Draws every key. The signature algorithm is the first suite's.
  /// @param suites  1..kLinkKeyCountMax, no duplicates
  /// @param now     unknown: certificates hold for ever
  /// @errors misuse
  static Result<Identity> create(std::span<const crypto::SuiteId> suites, std::optional<WallTime> now,
                                 Random& random);

  /// The same node with new certificates, and with new link keys or with those that it has.
  /// @errors misuse: never for suites of the table
  enum class LinkKeys : std::uint8_t { drawn_anew, kept };
  Result<Identity> renewed(LinkKeys keys, std::optional<WallTime> now, Random& random) const;

  const NodeId& node_id() const { return node_id_; }
  const crypto::SignatureKeyPair& signature_key() const { return signature_key_; }
  std::span<const LinkKeyPair> link_keys() const { return link_keys_; }
  /// nullptr: not offered.
  const LinkKeyPair* link_key(crypto::SuiteId suite) const;

  /// A card with what follows from the identity (versions, keys, MLS suites); the rest is the caller's.
  Card card() const;

  /// Versioned form for the state file: struct { uint8 format = 1; … } IdentityState.
  SecretBytes serialise() const;
  /// @errors malformed; incompatible: written by a newer version; unauthentic: keys do not fit together
  static Result<Identity> parse(ByteView bytes);
  static Result<Identity> copy_of(const Identity& other);

 private:
  Identity(crypto::SignatureKeyPair signature_key, std::vector<LinkKeyPair> link_keys);
  crypto::SignatureKeyPair signature_key_;
  NodeId node_id_;
  std::vector<LinkKeyPair> link_keys_;
};

}  // namespace taut::identity
