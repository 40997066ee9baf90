#include "link/verified_certificates.hpp"

#include "crypto/hash.hpp"

namespace taut::link {

Result<NodeId> VerifiedCertificates::verify(const identity::LinkKeyCertificate& certificate,
                                            const crypto::SignaturePublic& signature_key,
                                            const identity::LinkKeyClaim& claim,
                                            std::optional<WallTime> now) {
  TAUT_TRY(const NodeId node_id, identity::check_link_key_claim(certificate, signature_key, claim));
  const Fingerprint fingerprint = fingerprint_of(certificate, signature_key);
  if (!known_.contains(fingerprint)) {
    TAUT_CHECK(identity::verify_link_key_signature(certificate, signature_key));
    if (known_.size() >= count_max_) known_.clear();
    known_.insert(fingerprint);
  }
  TAUT_CHECK(certificate.validity.check_at(now));
  return node_id;
}

// Over every byte that the signature's verification depends on.
VerifiedCertificates::Fingerprint VerifiedCertificates::fingerprint_of(
    const identity::LinkKeyCertificate& certificate, const crypto::SignaturePublic& signature_key) {
  const Bytes bytes = wire::written([&](wire::Writer& out) {
    out.u16(static_cast<std::uint16_t>(signature_key.id)).vector(signature_key.bytes.view());
    write_link_key_certificate(out, certificate);
  });
  return Fingerprint(crypto::hash(crypto::HashId::sha256, {bytes}).view().first<32>());
}

}  // namespace taut::link
