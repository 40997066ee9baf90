#include "introduction/introduction.hpp"

#include "introduction/leaf_certificate.hpp"
#include "introduction/reasons.hpp"
#include "mls/key_package_rules.hpp"
#include "mls/message.hpp"

namespace taut::introduction {

namespace {

constexpr std::string_view kIntroductionLabel = "Introduction";

std::unexpected<Error> bad_introduction() { return fail(Errc::unauthentic, reasons::kBadIntroduction); }

template <class Value>
void write_optional(wire::Writer& out, const std::optional<Value>& value) {
  out.present(value.has_value());
  if (value) out.raw(value->view());
}

template <class Value>
Result<std::optional<Value>> read_optional(wire::Reader& in) {
  TAUT_TRY(const bool is_there, in.present());
  if (!is_there) return std::nullopt;
  TAUT_TRY(Value value, in.value<Value>());
  return value;
}

Bytes introduction_tbs(ByteView claim, const std::optional<InvitationProof>& proof) {
  return wire::written([&](wire::Writer& out) {
    out.vector(claim);
    write_optional(out, proof);
  });
}

struct Claim {
  LogId log_id;
  ByteView key_package, card;
  IntroductionNonce nonce;
  WallTime not_after;
  std::optional<InvitationId> invitation_id;
  std::optional<NodeId> maker;
};

Bytes claim_bytes(const Claim& claim) {
  return wire::written([&](wire::Writer& out) {
    out.raw(claim.log_id.view()).vector(claim.key_package).vector(claim.card);
    out.raw(claim.nonce.view()).u64(claim.not_after.unix_ms);
    write_optional(out, claim.invitation_id);
    write_optional(out, claim.maker);
  });
}

Result<Claim> read_claim(ByteView bytes) {
  wire::Reader in(bytes);
  TAUT_TRY(const LogId log_id, in.value<LogId>());
  TAUT_TRY(const ByteView key_package, in.vector(kIntroductionBytesMax));
  TAUT_TRY(const ByteView card, in.vector(identity::kCardBytesMax));
  TAUT_TRY(const IntroductionNonce nonce, in.value<IntroductionNonce>());
  TAUT_TRY(const std::uint64_t not_after, in.u64());
  TAUT_TRY(const auto invitation_id, read_optional<InvitationId>(in));
  TAUT_TRY(const auto maker, read_optional<NodeId>(in));
  TAUT_CHECK(in.finish());
  return Claim{log_id, key_package, card, nonce, {not_after}, invitation_id, maker};
}

/// The KeyPackage holds by itself, and its certificate is the card's node's.
Result<mls::KeyPackage> read_own_key_package(ByteView bytes, crypto::SuiteId suite,
                                             const crypto::SignaturePublic& node_key,
                                             std::uint64_t& sequence) {
  TAUT_TRY(mls::MlsMessage message, mls::decoded<mls::MlsMessage>(bytes));
  auto* key_package = std::get_if<mls::KeyPackage>(&message.value);
  if (key_package == nullptr) return malformed();
  TAUT_TRY(const mls::LeafRules rules, mls::LeafRules::of_suite(suite));
  if (!mls::verify_key_package(rules, *key_package)) return bad_introduction();
  TAUT_CHECK(
      LeafAuthentication().validate(key_package->leaf_node.credential, key_package->leaf_node.signature_key));
  TAUT_TRY(const LeafCertificate certificate, read_certificate(key_package->leaf_node.credential));
  if (certificate.signature_key != node_key) return bad_introduction();
  sequence = certificate.sequence;
  return std::move(*key_package);
}

}  // namespace

Status Introduction::check_proof(const InvitationSecret& secret) const {
  if (!proof || !equals_in_constant_time(prove(secret, claim).view(), proof->view()))
    return fail(Errc::unauthentic, reasons::kBadInvitation);
  return {};
}

Result<Bytes> introduce(const crypto::SignatureKeyPair& identity, const mls::OwnKeyPackage& own,
                        const IntroductionRequest& request, Random& random) {
  if (request.card.card().signature_key != identity.public_key) return fail(Errc::misuse, reasons::kMisuse);
  const Bytes key_package = own.message();
  Claim claim{request.log_id,    key_package, request.card.bytes(), random.make<IntroductionNonce>(),
              request.not_after, {},          request.maker};
  if (request.invitation != nullptr) claim.invitation_id = request.invitation->id;
  const Bytes claimed = claim_bytes(claim);
  std::optional<InvitationProof> proof;
  if (request.invitation != nullptr) proof = prove(request.invitation->secret, claimed);
  const Bytes tbs = introduction_tbs(claimed, proof);
  TAUT_TRY(const crypto::Signature signature,
           crypto::sign_with_label(identity, crypto::kTautPrefix, kIntroductionLabel, tbs));
  return wire::written([&](wire::Writer& out) { out.vector(tbs).vector(signature.view()); });
}

Result<Introduction> read_introduction(ByteView bytes, const LogId& log_id, crypto::SuiteId suite) {
  if (bytes.size() > kIntroductionBytesMax) return fail(Errc::malformed, reasons::kTooLarge);
  wire::Reader outer(bytes);
  TAUT_TRY(const ByteView tbs, outer.vector());
  TAUT_TRY(const ByteView signature, outer.vector(crypto::kSignatureBytesMax));
  TAUT_CHECK(outer.finish());
  wire::Reader inner(tbs);
  TAUT_TRY(const ByteView claim_view, inner.vector());
  TAUT_TRY(const auto proof, read_optional<InvitationProof>(inner));
  TAUT_CHECK(inner.finish());
  TAUT_TRY(const Claim claim, read_claim(claim_view));
  if (claim.log_id != log_id) return fail(Errc::unauthentic, reasons::kOtherTopic);
  if (claim.invitation_id.has_value() != proof.has_value()) return malformed();

  TAUT_TRY(identity::SignedCard card, identity::SignedCard::parse(claim.card));
  const crypto::SignaturePublic& node_key = card.card().signature_key;
  if (card.revocation() ||
      !crypto::verify_with_label(node_key, crypto::kTautPrefix, kIntroductionLabel, tbs, signature))
    return bad_introduction();
  std::uint64_t sequence = 0;
  TAUT_TRY(mls::KeyPackage key_package, read_own_key_package(claim.key_package, suite, node_key, sequence));
  const mls::KeyPackageRef ref = mls::make_key_package_ref(crypto::suite(suite), mls::encoded(key_package));
  return Introduction{
      log_id,          std::move(key_package), ref,         sequence, std::move(card),     claim.nonce,
      claim.not_after, claim.invitation_id,    claim.maker, proof,    to_bytes(claim_view)};
}

}  // namespace taut::introduction
