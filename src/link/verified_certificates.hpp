#pragma once
// Certificates whose signature was verified before: a known peer costs no second verification. Only the
// signature is spared; whose key it is, for whom and until when is checked every time.

#include <set>

#include "identity/link_key.hpp"

namespace taut::link {

class VerifiedCertificates {
 public:
  /// @param count_max  certificates remembered; when there are more, all are forgotten
  explicit VerifiedCertificates(std::size_t count_max = 4096) : count_max_(count_max) {}

  /// As identity::verify_link_key.
  Result<NodeId> verify(const identity::LinkKeyCertificate& certificate,
                        const crypto::SignaturePublic& signature_key, const identity::LinkKeyClaim& claim,
                        std::optional<WallTime> now);

  std::size_t count() const { return known_.size(); }

 private:
  using Fingerprint = Opaque<struct CertificateFingerprintTag, 32>;
  static Fingerprint fingerprint_of(const identity::LinkKeyCertificate& certificate,
                                    const crypto::SignaturePublic& signature_key);

  std::size_t count_max_;
  std::set<Fingerprint> known_;
};

}  // namespace taut::link
