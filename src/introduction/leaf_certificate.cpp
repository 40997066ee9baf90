#include "introduction/leaf_certificate.hpp"

#include "identity/node_id.hpp"
#include "introduction/reasons.hpp"

namespace taut::introduction {

namespace {

constexpr std::string_view kCertificateLabel = "LeafCertificate";

std::unexpected<Error> bad_certificate() { return fail(Errc::unauthentic, reasons::kBadCertificate); }

void write_key(wire::Writer& out, std::uint16_t number, const crypto::SignaturePublic& key) {
  out.u16(number).vector(key.bytes.view());
}

Bytes certificate_tbs(const LeafCertificate& certificate) {
  return wire::written([&](wire::Writer& out) {
    write_key(out, static_cast<std::uint16_t>(certificate.signature_key.id), certificate.signature_key);
    write_key(out, static_cast<std::uint16_t>(certificate.suite), certificate.leaf_key);
    out.u64(certificate.sequence).present(certificate.topic_id.has_value());
    if (certificate.topic_id) out.raw(certificate.topic_id->view());
  });
}

Result<LeafCertificate> read_certificate_tbs(ByteView tbs) {
  wire::Reader in(tbs);
  LeafCertificate certificate;
  TAUT_TRY(const std::uint16_t algorithm_number, in.u16());
  TAUT_TRY(const crypto::SignatureId algorithm, crypto::signature_id(algorithm_number));
  TAUT_TRY(const ByteView key, in.vector(crypto::kSignaturePublicBytesMax));
  TAUT_TRY(certificate.signature_key, crypto::SignaturePublic::from_bytes(algorithm, key));
  TAUT_TRY(const std::uint16_t suite_number, in.u16());
  const crypto::Suite* suite = crypto::find_suite(suite_number);
  if (suite == nullptr) return fail(Errc::incompatible, reasons::kSuiteRefused);
  certificate.suite = suite->id;
  TAUT_TRY(const ByteView leaf_key, in.vector(crypto::kSignaturePublicBytesMax));
  TAUT_TRY(certificate.leaf_key, crypto::SignaturePublic::from_bytes(suite->signature, leaf_key));
  TAUT_TRY(certificate.sequence, in.u64());
  TAUT_TRY(const bool has_topic, in.present());
  if (has_topic) {
    TAUT_TRY(certificate.topic_id, in.value<TopicId>());
  }
  TAUT_CHECK(in.finish());
  return certificate;
}

}  // namespace

NodeId LeafCertificate::node_id() const { return identity::node_id_of(signature_key); }

Result<mls::Credential> certify(const LeafCertificate& certificate,
                                const crypto::SignatureKeyPair& identity) {
  if (certificate.signature_key != identity.public_key) return fail(Errc::misuse, reasons::kMisuse);
  const Bytes tbs = certificate_tbs(certificate);
  TAUT_TRY(const crypto::Signature signature,
           crypto::sign_with_label(identity, crypto::kTautPrefix, kCertificateLabel, tbs));
  return mls::Credential::basic(
      wire::written([&](wire::Writer& out) { out.vector(tbs).vector(signature.view()); }));
}

Result<LeafCertificate> read_certificate(const mls::Credential& credential) {
  const auto* basic = std::get_if<mls::BasicCredential>(&credential.value);
  if (basic == nullptr) return bad_certificate();
  wire::Reader in(basic->identity);
  TAUT_TRY(const ByteView tbs, in.vector());
  TAUT_TRY(const ByteView signature, in.vector(crypto::kSignatureBytesMax));
  TAUT_CHECK(in.finish());
  TAUT_TRY(LeafCertificate certificate, read_certificate_tbs(tbs));
  if (!crypto::verify_with_label(certificate.signature_key, crypto::kTautPrefix, kCertificateLabel, tbs,
                                 signature))
    return bad_certificate();
  return certificate;
}

mls::Capabilities capabilities(crypto::SuiteId suite) {
  mls::Capabilities made = mls::our_capabilities(suite);
  made.extensions.push_back(kTopicExtension);
  return made;
}

Result<mls::Client> make_client(const crypto::SignatureKeyPair& identity, const ClientOptions& options,
                                Random& random) {
  TAUT_TRY(auto leaf_key, crypto::SignatureKeyPair::generate(crypto::suite(options.suite).signature, random));
  TAUT_TRY(mls::Credential credential, certify({identity.public_key, options.suite, leaf_key.public_key,
                                                options.sequence, options.topic_id},
                                               identity));
  return mls::Client{
      options.suite, std::move(leaf_key), std::move(credential), capabilities(options.suite), {}};
}

Result<mls::OwnKeyPackage> make_key_package(const crypto::SignatureKeyPair& identity,
                                            const ClientOptions& options, const mls::Lifetime& lifetime,
                                            Random& random, mls::KeyPackageUse use) {
  TAUT_TRY(const mls::Client client, make_client(identity, options, random));
  return client.make_key_package(lifetime, random, use);
}

Status LeafAuthentication::validate(const mls::Credential& credential,
                                    const mls::SignaturePublicKey& key) const {
  const Result<LeafCertificate> certificate = read_certificate(credential);
  if (!certificate || !equal(certificate->leaf_key.bytes.view(), key.view()))
    return mls::refuse(mls::errors::kBadCredential);
  if (topic_id_ && certificate->topic_id && certificate->topic_id != topic_id_)
    return mls::refuse(mls::errors::kBadCredential);
  if (barred_.contains(certificate->node_id())) return mls::refuse(mls::errors::kBadCredential);
  return {};
}

Status LeafAuthentication::validate_successor(const mls::Credential& current,
                                              const mls::Credential& next) const {
  // A leaf's certificate lasts as long as the leaf: coming back is a Remove and an Add.
  if (current != next) return mls::refuse(mls::errors::kBadCredential);
  return {};
}

}  // namespace taut::introduction
