#include "identity/link_key.hpp"

#include "identity/node_id.hpp"

namespace taut::identity {

namespace {

constexpr std::string_view kLabel = "LinkKeyCertificate";

void write_tbs(wire::Writer& out, const LinkKeyCertificate& certificate) {
  out.raw(certificate.node_id.view())
      .u16(static_cast<std::uint16_t>(certificate.suite))
      .vector(certificate.key.view())
      .u64(certificate.validity.not_before.unix_ms)
      .u64(certificate.validity.not_after.unix_ms)
      .u64(certificate.sequence);
}

Bytes tbs_of(const LinkKeyCertificate& certificate) {
  return wire::written([&](wire::Writer& out) { write_tbs(out, certificate); });
}

std::unexpected<Error> mismatch() { return fail(Errc::unauthentic, reasons::kIdentityMismatch); }

}  // namespace

Result<LinkKeyCertificate> read_link_key_certificate(wire::Reader& in) {
  TAUT_TRY(const NodeId node_id, in.value<NodeId>());
  TAUT_TRY(const std::uint16_t number, in.u16());
  const crypto::Suite* suite = crypto::find_suite(number);
  if (suite == nullptr) return fail(Errc::incompatible, reasons::kSuiteRefused);
  TAUT_TRY(const ByteView key_bytes, in.vector(crypto::kDhPublicBytesMax));
  TAUT_TRY(const crypto::DhPublic key, crypto::DhPublic::from_bytes(suite->dh, key_bytes));
  TAUT_TRY(const std::uint64_t not_before, in.u64());
  TAUT_TRY(const std::uint64_t not_after, in.u64());
  TAUT_TRY(const std::uint64_t sequence, in.u64());
  TAUT_TRY(const ByteView signature, in.vector(crypto::kSignatureBytesMax));
  return LinkKeyCertificate{
      node_id, suite->id, key, {{not_before}, {not_after}}, sequence, crypto::Signature(signature)};
}

void write_link_key_certificate(wire::Writer& out, const LinkKeyCertificate& certificate) {
  write_tbs(out, certificate);
  out.vector(certificate.signature.view());
}

Result<NodeId> check_link_key_claim(const LinkKeyCertificate& certificate,
                                    const crypto::SignaturePublic& signature_key, const LinkKeyClaim& claim) {
  const NodeId node_id = node_id_of(signature_key);
  if (node_id != certificate.node_id) return mismatch();
  if (claim.expected != nullptr && node_id != *claim.expected) return mismatch();
  if (certificate.suite != claim.suite || certificate.key != claim.key) return mismatch();
  return node_id;
}

Status verify_link_key_signature(const LinkKeyCertificate& certificate,
                                 const crypto::SignaturePublic& signature_key) {
  return crypto::verify_with_label(signature_key, crypto::kTautPrefix, kLabel, tbs_of(certificate),
                                   certificate.signature.view());
}

Result<NodeId> verify_link_key(const LinkKeyCertificate& certificate,
                               const crypto::SignaturePublic& signature_key, const LinkKeyClaim& claim,
                               std::optional<WallTime> now) {
  TAUT_TRY(const NodeId node_id, check_link_key_claim(certificate, signature_key, claim));
  TAUT_CHECK(verify_link_key_signature(certificate, signature_key));
  TAUT_CHECK(certificate.validity.check_at(now));
  return node_id;
}

Result<LinkKeyPair> LinkKeyPair::create(crypto::SuiteId suite, const crypto::SignatureKeyPair& signer,
                                        const Validity& validity, std::uint64_t sequence, Random& random) {
  TAUT_TRY(crypto::DhKeyPair pair, crypto::DhKeyPair::generate(crypto::suite(suite).dh, random));
  return certify(std::move(pair), suite, signer, validity, sequence);
}

Result<LinkKeyPair> LinkKeyPair::certify(crypto::DhKeyPair pair, crypto::SuiteId suite,
                                         const crypto::SignatureKeyPair& signer, const Validity& validity,
                                         std::uint64_t sequence) {
  LinkKeyCertificate certificate{
      node_id_of(signer.public_key), suite, pair.public_key, validity, sequence, {}};
  TAUT_TRY(certificate.signature,
           crypto::sign_with_label(signer, crypto::kTautPrefix, kLabel, tbs_of(certificate)));
  return LinkKeyPair{std::move(pair), certificate};
}

}  // namespace taut::identity
