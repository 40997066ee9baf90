#pragma once
// Peers whose certificate was verified before: a handshake with one of them costs no second verification
// and, for its initiator, no second static-static DH.

#include <map>
#include <optional>

#include "identity/link_key.hpp"

namespace taut::link {

class KnownPeers {
 public:
  /// @param count_max  link keys remembered; when there are more, all are forgotten
  explicit KnownPeers(std::size_t count_max = 4096) : count_max_(count_max) {}

  /// As identity::verify_link_key. Only the signature is spared: whose key it is, for whom and until when
  /// is checked every time.
  Result<NodeId> verify(const identity::LinkKeyCertificate& certificate,
                        const crypto::SignaturePublic& signature_key, const identity::LinkKeyClaim& claim,
                        std::optional<WallTime> now);

  /// DH(mine, theirs) for a known peer, computed once. For initiators alone: a responder that answered
  /// sooner for a peer it knows would tell anybody who its peers are.
  /// @return none: not known
  std::optional<crypto::DhSecret> static_secret(const crypto::DhKeyPair& mine,
                                                const crypto::DhPublic& theirs);

  std::size_t count() const { return known_.size(); }

 private:
  using Fingerprint = Opaque<struct CertificateFingerprintTag, 32>;
  using LinkKeyBytes = BoundedBytes<crypto::kDhPublicBytesMax>;
  struct Known {
    Fingerprint certificate;
    LinkKeyBytes ours;  ///< whose secret with the peer's key this is; empty: not computed yet
    crypto::DhSecret secret;
  };
  static Fingerprint fingerprint_of(const identity::LinkKeyCertificate& certificate,
                                    const crypto::SignaturePublic& signature_key);
  void remember(const crypto::DhPublic& key, const Fingerprint& certificate);

  std::size_t count_max_;
  std::map<LinkKeyBytes, Known> known_;  ///< by the peer's link key
};

}  // namespace taut::link
