#include "link/known_peers.hpp"

#include "crypto/hash.hpp"

namespace taut::link {

Result<NodeId> KnownPeers::verify(const identity::LinkKeyCertificate& certificate,
                                  const crypto::SignaturePublic& signature_key,
                                  const identity::LinkKeyClaim& claim, std::optional<WallTime> now) {
  TAUT_TRY(const NodeId node_id, identity::check_link_key_claim(certificate, signature_key, claim));
  const Fingerprint fingerprint = fingerprint_of(certificate, signature_key);
  const auto known = known_.find(LinkKeyBytes(claim.key.view()));
  if (known == known_.end() || known->second.certificate != fingerprint) {
    TAUT_CHECK(identity::verify_link_key_signature(certificate, signature_key));
    remember(claim.key, fingerprint);
  }
  TAUT_CHECK(certificate.validity.check_at(now));
  return node_id;
}

void KnownPeers::remember(const crypto::DhPublic& key, const Fingerprint& certificate) {
  const LinkKeyBytes bytes(key.view());
  if (known_.size() >= count_max_ && !known_.contains(bytes)) known_.clear();
  known_[bytes].certificate = certificate;
}

std::optional<crypto::DhSecret> KnownPeers::static_secret(const crypto::DhKeyPair& mine,
                                                          const crypto::DhPublic& theirs) {
  const auto known = known_.find(LinkKeyBytes(theirs.view()));
  if (known == known_.end()) return std::nullopt;
  Known& peer = known->second;
  if (const LinkKeyBytes ours(mine.public_key.view()); peer.ours != ours) {
    Result<crypto::DhSecret> secret = crypto::dh(mine, theirs);
    if (!secret) return std::nullopt;
    peer.secret = *std::move(secret);
    peer.ours = ours;
  }
  return crypto::DhSecret::copy_of(peer.secret);
}

// Over every byte that the signature's verification depends on.
KnownPeers::Fingerprint KnownPeers::fingerprint_of(const identity::LinkKeyCertificate& certificate,
                                                   const crypto::SignaturePublic& signature_key) {
  const Bytes bytes = wire::written([&](wire::Writer& out) {
    out.u16(static_cast<std::uint16_t>(signature_key.id)).vector(signature_key.bytes.view());
    write_link_key_certificate(out, certificate);
  });
  return Fingerprint(crypto::hash(crypto::HashId::sha256, {bytes}).view().first<32>());
}

}  // namespace taut::link
