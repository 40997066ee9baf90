#include "identity/link_key.hpp"

#include <doctest/doctest.h>

#include "support/people.hpp"

using namespace taut;
using namespace taut::identity;
using namespace taut::test;

namespace {

struct Presented {
  LinkKeyCertificate certificate;
  crypto::SignaturePublic signature_key;
};

Presented shown_by(const Identity& who) {
  return {who.link_keys().front().certificate, who.signature_key().public_key};
}

Reason refusal_of(const Presented& shown, const LinkKeyClaim& claim, std::optional<WallTime> now = kNow) {
  const auto verified = verify_link_key(shown.certificate, shown.signature_key, claim, now);
  REQUIRE_FALSE(verified.has_value());
  CHECK(verified.error().code == Errc::unauthentic);
  return verified.error().reason;
}

}  // namespace

TEST_CASE("a certificate binds a link key to its node, and to no other") {
  const Identity bob = person(1);
  const Identity mallory = person(3);
  const Presented bobs = shown_by(bob);
  const NodeId expected = bob.node_id();
  const LinkKeyClaim claim{kDefaultSuite[0], bobs.certificate.key, &expected};
  CHECK(verify_link_key(bobs.certificate, bobs.signature_key, claim, kNow).value() == expected);

  SUBCASE("another node's certificate, whole") {
    const Presented theirs = shown_by(mallory);
    CHECK(refusal_of(theirs, {kDefaultSuite[0], theirs.certificate.key, &expected}) ==
          reasons::kIdentityMismatch);
  }
  SUBCASE("bob's certificate by one who does not hold its key") {
    const auto& key = mallory.link_keys().front().pair.public_key;
    CHECK(refusal_of(bobs, {kDefaultSuite[0], key, &expected}) == reasons::kIdentityMismatch);
  }
  SUBCASE("for another suite") {
    const LinkKeyClaim other{crypto::SuiteId::x25519_chacha20poly1305_sha256_ed25519, bobs.certificate.key};
    CHECK(refusal_of(bobs, other) == reasons::kIdentityMismatch);
  }
  SUBCASE("bob's node ID over mallory's signature key") {
    CHECK(refusal_of({bobs.certificate, mallory.signature_key().public_key}, claim) ==
          reasons::kIdentityMismatch);
  }
  SUBCASE("mallory certifies bob's key as her own: she cannot prove it, but her signature holds") {
    LinkKeyCertificate hers = bobs.certificate;
    hers.node_id = mallory.node_id();
    CHECK(refusal_of({hers, mallory.signature_key().public_key}, {kDefaultSuite[0], hers.key}) ==
          reasons::kBadSignature);
  }
  SUBCASE("an altered sequence, validity or signature") {
    Presented altered = bobs;
    altered.certificate.sequence += 1;
    CHECK(refusal_of(altered, claim) == reasons::kBadSignature);
    altered = bobs;
    altered.certificate.validity.not_after = kEndOfTime;
    CHECK(refusal_of(altered, claim) == reasons::kBadSignature);
    altered = bobs;
    altered.certificate.signature.fill()[3] ^= 1;
    CHECK(refusal_of(altered, claim) == reasons::kBadSignature);
  }
  SUBCASE("too early, too late, or a node without a clock") {
    const Validity& validity = bobs.certificate.validity;
    CHECK(refusal_of(bobs, claim, WallTime{validity.not_before.unix_ms - 1}) == reasons::kNotYetValid);
    CHECK(refusal_of(bobs, claim, WallTime{validity.not_after.unix_ms + 1}) == reasons::kExpired);
    CHECK(verify_link_key(bobs.certificate, bobs.signature_key, claim, std::nullopt).has_value());
  }
}

TEST_CASE("a certificate is read as it was written; unknown suites and cut ones are refused") {
  const LinkKeyCertificate made = shown_by(person(1)).certificate;
  Bytes bytes = wire::written([&](wire::Writer& out) { write_link_key_certificate(out, made); });
  wire::Reader in(bytes);
  CHECK(read_link_key_certificate(in).value() == made);
  CHECK(in.empty());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    wire::Reader cut(ByteView(bytes).first(size));
    CHECK_FALSE(read_link_key_certificate(cut).has_value());
  }
  bytes[NodeId::size_bytes] = 0x77;
  wire::Reader unknown(bytes);
  CHECK(read_link_key_certificate(unknown).error().code == Errc::incompatible);
}

TEST_CASE("a certificate made without a clock holds for ever") {
  SeededRandom random(8);
  const Identity made = Identity::create(kDefaultSuite, std::nullopt, random).value();
  const Presented shown = shown_by(made);
  CHECK(shown.certificate.validity == Validity{});
  const LinkKeyClaim claim{kDefaultSuite[0], shown.certificate.key};
  CHECK(verify_link_key(shown.certificate, shown.signature_key, claim, kNow).has_value());
}
