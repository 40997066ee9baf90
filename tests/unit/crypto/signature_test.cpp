#include "crypto/signature.hpp"

#include <doctest/doctest.h>
#include <openssl/bn.h>
#include <openssl/ecdsa.h>

#include <memory>

#include "crypto/ecdsa_rules.hpp"
#include "crypto/encoding.hpp"
#include "crypto/schemes.hpp"
#include "support/seeded_random.hpp"

using namespace taut;
using namespace taut::crypto;

namespace {

constexpr std::array kAll{SignatureId::ed25519, SignatureId::ed448, SignatureId::ecdsa_p256_sha256,
                          SignatureId::ecdsa_p384_sha384, SignatureId::ecdsa_p521_sha512};
constexpr std::array kEcdsa{SignatureId::ecdsa_p256_sha256, SignatureId::ecdsa_p384_sha384,
                            SignatureId::ecdsa_p521_sha512};
constexpr Error kBadSignature{Errc::unauthentic, reasons::kBadSignature};

SignatureKeyPair pair_of(SignatureId id, std::uint64_t seed) {
  test::SeededRandom random(seed);
  return SignatureKeyPair::generate(id, random).value();
}

bool refused(const SignatureKeyPair& key, ByteView message, ByteView signature) {
  const Status status = verify(key.public_key, message, signature);
  return !status && status.error() == kBadSignature;
}

/// By ECDSA's rules alone as well: a backend's own strictness must not hide that ours is gone.
bool refused_by_rules(const SignatureKeyPair& key, ByteView message, ByteView signature) {
  return !ecdsa_acceptable(*ecdsa_curve(key.public_key.id), signature) && refused(key, message, signature);
}

/// A DER INTEGER or SEQUENCE of short content.
Bytes tlv(Byte tag, ByteView content) {
  Bytes out{tag};
  if (content.size() >= 0x80) out.push_back(0x81);
  out.push_back(static_cast<Byte>(content.size()));
  append(out, content);
  return out;
}
Bytes sequence(ByteView r, ByteView s) {
  Bytes both = to_bytes(r);
  append(both, s);
  return tlv(0x30, both);
}

struct Parts {
  Bytes r;  ///< the INTEGER's content
  Bytes s;
};
Parts parts_of(ByteView der) {
  std::size_t at = der[1] == 0x81 ? 3 : 2;
  const auto integer = [&] {
    const Bytes content = to_bytes(der.subspan(at + 2, der[at + 1]));
    at += 2 + content.size();
    return content;
  };
  Bytes r = integer();
  Bytes s = integer();
  return {r, s};
}

}  // namespace

TEST_CASE("signature: what a key signs, it verifies; another key, message or bit it does not") {
  for (const SignatureId id : kAll) {
    const SignatureKeyPair key = pair_of(id, 1);
    const Signature signature = sign(key, as_bytes("message")).value();
    CHECK(verify(key.public_key, as_bytes("message"), signature.view()).has_value());
    CHECK(refused(key, as_bytes("massage"), signature.view()));
    CHECK(refused(key, {}, signature.view()));
    CHECK(refused(pair_of(id, 2), as_bytes("message"), signature.view()));
    for (std::size_t i = 0; i < signature.size(); ++i) {
      Bytes flipped = to_bytes(signature.view());
      flipped[i] ^= 0x10;
      CHECK(refused(key, as_bytes("message"), flipped));
    }
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, signature.size() - 1})
      CHECK(refused(key, as_bytes("message"), signature.view().first(size)));
    Bytes longer = to_bytes(signature.view());
    longer.push_back(0);
    CHECK(refused(key, as_bytes("message"), longer));
    CHECK(refused(key, as_bytes("message"), Bytes(1000)));
    CHECK(verify(key.public_key, {}, sign(key, {}).value().view()).has_value());
  }
}

TEST_CASE("signature: RFC 8032 §7.1 test 2, §7.4 blank") {
  const auto signed_by = [](SignatureId id, std::string_view seed, std::string_view message) {
    const SignatureKeyPair key = SignatureKeyPair::from_private(id, from_hex(seed).value()).value();
    return std::pair(to_hex(key.public_key.bytes.view()),
                     to_hex(sign(key, from_hex(message).value()).value().view()));
  };
  const auto [public25519, signature25519] = signed_by(
      SignatureId::ed25519, "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "72");
  CHECK(public25519 == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  CHECK(signature25519 ==
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
  const auto [public448, signature448] = signed_by(
      SignatureId::ed448,
      "6c82a562cb808d10d632be89c8513ebf6c929f34ddfa8c9f63c9960ef6e348a3528c8a3fcc2f044e39a3fc5b94492f8f"
      "032e7549a20098f95b",
      "");
  CHECK(public448 ==
        "5fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75d80e96778edf124769b46c7061bd6783df1e50f6c"
        "d1fa1abeafe8256180");
  CHECK(signature448.starts_with("533a37f6bbe457251f023c0d88f976ae2dfb504a843e34d2074fd823d41a591f"));
}

TEST_CASE("signature: wrong sizes and numbers") {
  for (const SignatureId id : kAll) {
    const SignatureKeyPair key = pair_of(id, 1);
    CHECK(signature_id(static_cast<std::uint16_t>(id)).value() == id);
    for (const std::size_t wrong :
         {std::size_t{0}, key.public_key.bytes.size() - 1, key.public_key.bytes.size() + 1})
      CHECK(SignaturePublic::from_bytes(id, Bytes(wrong)).error() ==
            Error{Errc::malformed, reasons::kBadKey});
    for (const std::size_t wrong : {std::size_t{0}, key.private_key.size() - 1, key.private_key.size() + 1})
      CHECK(SignatureKeyPair::from_private(id, Bytes(wrong, 1)).error().code == Errc::malformed);
  }
  CHECK(signature_id(0).error().code == Errc::incompatible);
  CHECK(signature_id(0x0804).error().code == Errc::incompatible);
}

TEST_CASE("signature: a key that is no key verifies nothing") {
  const Signature some = sign(pair_of(SignatureId::ecdsa_p256_sha256, 1), as_bytes("m")).value();
  for (const SignatureId id : kAll) {
    SignaturePublic none = pair_of(id, 1).public_key;
    std::ranges::fill(none.bytes.fill(), 0);
    CHECK(verify(none, as_bytes("m"), some.view()).error() == kBadSignature);
    none.bytes = {};  // an object that was never filled
    CHECK(verify(none, as_bytes("m"), some.view()).error() == kBadSignature);
  }
  for (const SignatureId id : kEcdsa) {
    const SignatureKeyPair key = pair_of(id, 1);
    const Signature signature = sign(key, as_bytes("m")).value();
    SignaturePublic off = key.public_key;
    off.bytes.fill().back() ^= 1;
    CHECK(verify(off, as_bytes("m"), signature.view()).error() == kBadSignature);
    SignaturePublic hybrid = key.public_key;  // the same point, SEC 1's other form
    hybrid.bytes.fill()[0] = static_cast<Byte>(6 + (hybrid.bytes.view().back() & 1));
    CHECK(verify(hybrid, as_bytes("m"), signature.view()).error() == kBadSignature);
  }
}

TEST_CASE("signature: a moved-from pair signs nothing") {
  for (const SignatureId id : kAll) {
    SignatureKeyPair from = pair_of(id, 1);
    const SignatureKeyPair to = std::move(from);
    CHECK(from.private_key.empty());  // NOLINT(bugprone-use-after-move): that is what is tested
    CHECK(sign(from, as_bytes("m")).error().code == Errc::misuse);
    const Signature signature = sign(SignatureKeyPair::copy_of(to), as_bytes("m")).value();
    CHECK(verify(to.public_key, as_bytes("m"), signature.view()).has_value());
  }
}

TEST_CASE("signature: ECDSA takes strict DER only") {
  for (const SignatureId id : kEcdsa) {
    const SignatureKeyPair key = pair_of(id, 1);
    const ByteView message = as_bytes("m");
    const Signature signature = sign(key, message).value();
    const auto [r, s] = parts_of(signature.view());
    const Bytes r_tlv = tlv(2, r);
    const Bytes s_tlv = tlv(2, s);
    REQUIRE(equal(sequence(r_tlv, s_tlv), signature.view()));

    Bytes padded = r;
    padded.insert(padded.begin(), 0);
    CHECK(refused_by_rules(key, message, sequence(tlv(2, padded), s_tlv)));  // a zero too many
    Bytes long_form{2, 0x81, static_cast<Byte>(r.size())};
    append(long_form, r);
    CHECK(refused_by_rules(key, message, sequence(long_form, s_tlv)));  // a length longer than needed
    Bytes both = r_tlv;
    append(both, s_tlv);
    Bytes indefinite{0x30, 0x80};
    append(indefinite, both);
    append(indefinite, Bytes{0, 0});
    CHECK(refused_by_rules(key, message, indefinite));
    append(both, Bytes{2, 1, 1});
    CHECK(refused_by_rules(key, message, tlv(0x30, both)));             // a third number
    CHECK(refused_by_rules(key, message, sequence(tlv(3, r), s_tlv)));  // BIT STRING
    Bytes trailing = to_bytes(signature.view());
    trailing.push_back(0);
    CHECK(refused_by_rules(key, message, trailing));
  }
}

TEST_CASE("signature: ECDSA's r and s lie in 1..order-1") {
  const SignatureKeyPair key = pair_of(SignatureId::ecdsa_p256_sha256, 1);
  const ByteView message = as_bytes("m");
  const auto [r, s] = parts_of(sign(key, message).value().view());
  const Bytes n = from_hex("00ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551").value();
  const Bytes zero{0};
  for (const Bytes& edge : {zero, n, Bytes{0xff}}) {
    CHECK(refused_by_rules(key, message, sequence(tlv(2, edge), tlv(2, s))));
    CHECK(refused_by_rules(key, message, sequence(tlv(2, r), tlv(2, edge))));
  }
  const auto plus_order = [&](const Bytes& number) {
    BIGNUM* sum = BN_bin2bn(number.data(), static_cast<int>(number.size()), nullptr);
    BIGNUM* order = BN_bin2bn(n.data(), static_cast<int>(n.size()), nullptr);
    BN_add(sum, sum, order);
    Bytes out(static_cast<std::size_t>(BN_num_bytes(sum)));
    BN_bn2bin(sum, out.data());
    if (out.front() >= 0x80) out.insert(out.begin(), 0);
    BN_free(sum);
    BN_free(order);
    return out;
  };
  CHECK(refused_by_rules(key, message, sequence(tlv(2, plus_order(r)), tlv(2, s))));
  CHECK(refused_by_rules(key, message, sequence(tlv(2, r), tlv(2, plus_order(s)))));
}

TEST_CASE("signature: prefix, label and content do not run into each other") {
  for (const SignatureId id : kAll) {
    const SignatureKeyPair key = pair_of(id, 1);
    const Signature signature = sign_with_label(key, kTautPrefix, "card", as_bytes("content")).value();
    const auto holds = [&](std::string_view prefix, std::string_view label, std::string_view content) {
      return verify_with_label(key.public_key, prefix, label, as_bytes(content), signature.view())
          .has_value();
    };
    CHECK(holds(kTautPrefix, "card", "content"));
    CHECK(holds("", "taut 1 card", "content"));  // the struct holds prefix || label
    CHECK_FALSE(holds(kMlsPrefix, "card", "content"));
    CHECK_FALSE(holds(kTautPrefix, "cardc", "ontent"));
    CHECK_FALSE(holds(kTautPrefix, "car", "dcontent"));
    CHECK_FALSE(holds(kTautPrefix, "envelope", "content"));
    CHECK_FALSE(verify(key.public_key, as_bytes("content"), signature.view()).has_value());
  }
}

TEST_CASE("signature: the labelled bytes are RFC 9420 §5.1.2's struct") {
  const SignatureKeyPair key = pair_of(SignatureId::ed25519, 1);
  Bytes expected{15};
  append(expected, as_bytes("MLS 1.0 WelcomE"));
  expected.push_back(2);
  append(expected, as_bytes("hi"));
  CHECK(sign_with_label(key, kMlsPrefix, "WelcomE", as_bytes("hi")).value() == sign(key, expected).value());
}
