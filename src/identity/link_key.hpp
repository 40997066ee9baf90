#pragma once
// Link keys: the static keys of Noise handshakes, one per suite, each certified by the node's
// signature key (docs/protocol/identity.md, "Link keys").
//
//   struct {
//     opaque node_id[32];
//     uint16 suite;
//     opaque link_key<V>;
//     Validity validity;
//     uint64 sequence;
//   } LinkKeyTBS;                         signed under the label "LinkKeyCertificate"
//
//   struct {
//     LinkKeyTBS tbs;
//     opaque signature<V>;
//   } LinkKeyCertificate;

#include "base/ids.hpp"
#include "crypto/dh.hpp"
#include "crypto/signature.hpp"
#include "crypto/suite.hpp"
#include "identity/validity.hpp"
#include "wire/reader.hpp"
#include "wire/writer.hpp"

namespace taut::identity {

/// What a handshake shows beside its static key.
struct LinkKeyCertificate {
  NodeId node_id;
  crypto::SuiteId suite;
  crypto::DhPublic key;
  Validity validity;
  std::uint64_t sequence = 0;  ///< grows with every new key of the node
  crypto::Signature signature;

  friend bool operator==(const LinkKeyCertificate&, const LinkKeyCertificate&) = default;
};

/// @errors malformed; incompatible: a suite that we do not know. Nothing is verified yet.
Result<LinkKeyCertificate> read_link_key_certificate(wire::Reader& in);
void write_link_key_certificate(wire::Writer& out, const LinkKeyCertificate& certificate);

/// What the holder of a handshake must have been told by its peer.
struct LinkKeyClaim {
  crypto::SuiteId suite;             ///< of the link
  const crypto::DhPublic& key;       ///< the static key that the handshake proved
  const NodeId* expected = nullptr;  ///< who we meant to reach, where that is known
};

/// Binds a handshake's static key to a node: `signature_key` hashes to the certificate's node ID,
/// which is the expected one; suite and key are the link's own; the signature and the validity hold.
/// @return  the peer's node ID
/// @errors  unauthentic: identity_mismatch, bad_signature, expired, not_yet_valid
/// @spec    design §5, "Binding"
Result<NodeId> verify_link_key(const LinkKeyCertificate& certificate,
                               const crypto::SignaturePublic& signature_key, const LinkKeyClaim& claim,
                               std::optional<WallTime> now);

/// Its two halves, for who has verified this certificate's signature before.
/// @errors  unauthentic (identity_mismatch)
Result<NodeId> check_link_key_claim(const LinkKeyCertificate& certificate,
                                    const crypto::SignaturePublic& signature_key, const LinkKeyClaim& claim);
/// @errors  unauthentic (bad_signature)
Status verify_link_key_signature(const LinkKeyCertificate& certificate,
                                 const crypto::SignaturePublic& signature_key);

/// A link key with its secret part and its certificate.
struct LinkKeyPair {
  crypto::DhKeyPair pair;
  LinkKeyCertificate certificate;

  /// @errors misuse: never for suites of the table
  static Result<LinkKeyPair> create(crypto::SuiteId suite, const crypto::SignatureKeyPair& signer,
                                    const Validity& validity, std::uint64_t sequence, Random& random);
  /// The same for a key that exists.
  static Result<LinkKeyPair> certify(crypto::DhKeyPair pair, crypto::SuiteId suite,
                                     const crypto::SignatureKeyPair& signer, const Validity& validity,
                                     std::uint64_t sequence);
};

}  // namespace taut::identity
