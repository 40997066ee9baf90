// One acceptance set: libsodium, OpenSSL and the rules in front of both, at each edge where libraries are
// known to differ. The signatures below satisfy the equation as far as any can, so that only the rule
// under test refuses them.

#include <doctest/doctest.h>
#include <openssl/evp.h>
#include <sodium.h>

#include "crypto/eddsa_rules.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"
#include "crypto/signature.hpp"
#include "support/seeded_random.hpp"

using namespace taut;
using namespace taut::crypto;

namespace {

using Point = std::array<Byte, 32>;
using Scalar = std::array<Byte, 32>;

Point point(std::string_view hex) {
  Point bytes{};
  std::ranges::copy(from_hex(hex).value(), bytes.begin());
  return bytes;
}

struct Named {
  const char* name;
  const char* hex;
  unsigned order;
};
/// The eight points of small order, and every other string that a lenient decoder takes for one of them.
constexpr std::array<Named, 14> kSmallOrder{{
    {"order 1", "0100000000000000000000000000000000000000000000000000000000000000", 1},
    {"order 2", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", 2},
    {"order 4", "0000000000000000000000000000000000000000000000000000000000000000", 4},
    {"order 4, -x", "0000000000000000000000000000000000000000000000000000000000000080", 4},
    {"order 8", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", 8},
    {"order 8, -x", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85", 8},
    {"order 8, -y", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", 8},
    {"order 8, -x -y", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa", 8},
    {"order 1, sign of 0", "0100000000000000000000000000000000000000000000000000000000000080", 1},
    {"order 2, sign of 0", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", 2},
    {"order 4, y = p", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", 4},
    {"order 4, y = p, -x", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", 4},
    {"order 1, y = p + 1", "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", 1},
    {"order 1, y = p + 1, sign of 0", "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", 1},
}};
constexpr const char* kOrder = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

Scalar scalar(std::uint64_t seed) {
  test::SeededRandom random(seed);
  std::array<Byte, 64> wide{};
  random.fill(wide);
  Scalar reduced{};
  crypto_core_ed25519_scalar_reduce(reduced.data(), wide.data());
  return reduced;
}
Point times_base(const Scalar& by) {
  Point product{};
  REQUIRE(crypto_scalarmult_ed25519_base_noclamp(product.data(), by.data()) == 0);
  return product;
}
Point sum(const Point& a, const Point& b) {
  Point added{};
  REQUIRE(crypto_core_ed25519_add(added.data(), a.data(), b.data()) == 0);
  return added;
}
/// SHA-512(R || A || M) mod L
Scalar challenge(const Point& r, const Point& a, ByteView message) {
  const Digest digest = hash(HashId::sha512, {r, a, message});
  Scalar reduced{};
  crypto_core_ed25519_scalar_reduce(reduced.data(), digest.view().data());
  return reduced;
}
/// r + k a
Scalar response(const Scalar& r, const Scalar& k, const Scalar& a) {
  Scalar s{};
  crypto_core_ed25519_scalar_mul(s.data(), k.data(), a.data());
  crypto_core_ed25519_scalar_add(s.data(), s.data(), r.data());
  return s;
}

struct Forged {
  Point a{};
  Bytes message;
  Bytes signature;
};
/// R || S under A for the first message whose challenge, modulo 8, is as wanted.
template <class Wanted>
Forged forge(const Point& a_encoded, const Point& r_encoded, const Scalar& r, const Scalar& a,
             Wanted wanted) {
  for (unsigned counter = 0; counter < 1000; ++counter) {
    const Bytes message{static_cast<Byte>(counter >> 8), static_cast<Byte>(counter)};
    const Scalar k = challenge(r_encoded, a_encoded, message);
    if (!wanted(k[0] % 8U)) continue;
    Forged made{a_encoded, message, Bytes(r_encoded.begin(), r_encoded.end())};
    append(made.signature, response(r, k, a));
    return made;
  }
  FAIL("no message with such a challenge");
  return {};
}

bool openssl_alone(const Forged& it) {
  EVP_PKEY* key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, it.a.data(), it.a.size());
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  const bool holds = EVP_DigestVerifyInit(context, nullptr, nullptr, nullptr, key) == 1 &&
                     EVP_DigestVerify(context, it.signature.data(), it.signature.size(), it.message.data(),
                                      it.message.size()) == 1;
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(key);
  return holds;
}
bool sodium_alone(const Forged& it) {
  return crypto_sign_verify_detached(it.signature.data(), it.message.data(), it.message.size(),
                                     it.a.data()) == 0;
}
bool rules(const Forged& it) { return ed25519_acceptable(it.a, it.signature); }
bool taut_accepts(const Forged& it) {
  const SignaturePublic key = SignaturePublic::from_bytes(SignatureId::ed25519, it.a).value();
  return verify(key, it.message, it.signature).has_value();
}
/// The same from taut and from the rules before either backend.
bool all_say(bool expected, const Forged& it) {
  return taut_accepts(it) == expected && (rules(it) && sodium_alone(it)) == expected &&
         (rules(it) && openssl_alone(it)) == expected;
}
constexpr auto kAny = [](unsigned) { return true; };

}  // namespace

TEST_CASE("ed25519: an honest signature is accepted by all") {
  const Scalar a = scalar(1);
  const Scalar r = scalar(2);
  CHECK(all_say(true, forge(times_base(a), times_base(r), r, a, kAny)));
}

TEST_CASE("ed25519: S is below the order") {
  const Scalar a = scalar(1);
  const Scalar r = scalar(2);
  Forged it = forge(times_base(a), times_base(r), r, a, kAny);
  const Point order = point(kOrder);
  // S + L, S + 2L, … as long as they fit in 32 bytes.
  for (unsigned times = 1; times <= 15; ++times) {
    unsigned carry = 0;
    for (std::size_t i = 0; i < 32; ++i) {
      const unsigned added = it.signature[32 + i] + order[i] + carry;
      it.signature[32 + i] = static_cast<Byte>(added);
      carry = added >> 8;
    }
    if (carry != 0) break;
    CHECK_FALSE(rules(it));
    CHECK(all_say(false, it));
  }
  // At the edge itself, by the rule alone: L is refused, L - 1 is not the rule's to refuse.
  std::ranges::copy(order, it.signature.begin() + 32);
  CHECK_FALSE(rules(it));
  it.signature[32] ^= 1;
  CHECK(rules(it));
}

TEST_CASE("ed25519: A of small order is refused where the equation holds") {
  const Scalar r = scalar(2);
  unsigned accepted_by_openssl = 0;
  for (const Named& small : kSmallOrder) {
    CAPTURE(small.name);
    // With k divisible by A's order, k A vanishes and R = S B for whoever knows nothing.
    const Forged it =
        forge(point(small.hex), times_base(r), r, Scalar{}, [&](unsigned k) { return k % small.order == 0; });
    accepted_by_openssl += openssl_alone(it);
    CHECK_FALSE(rules(it));
    CHECK(all_say(false, it));
  }
  CHECK(accepted_by_openssl == kSmallOrder.size());  // the control: without the rules it would get through
}

TEST_CASE("ed25519: R of small order is refused where the equation holds") {
  const Scalar a = scalar(1);
  const Point honest = times_base(a);
  unsigned accepted_by_openssl = 0;
  for (const Named& small : kSmallOrder) {
    CAPTURE(small.name);
    // S = k a and A' = A + T: the equation asks for R = -k T, some point of small order.
    for (const Named& torsion : kSmallOrder) {
      if (torsion.order == 1 || &torsion - kSmallOrder.data() >= 8) continue;
      const Forged it = forge(sum(honest, point(torsion.hex)), point(small.hex), Scalar{}, a, kAny);
      accepted_by_openssl += openssl_alone(it);
      CHECK_FALSE(rules(it));
      CHECK(all_say(false, it));
    }
    const Forged plain = forge(honest, point(small.hex), Scalar{}, a, kAny);
    accepted_by_openssl += openssl_alone(plain);
    CHECK(all_say(false, plain));
  }
  CHECK(accepted_by_openssl > 0);
}

TEST_CASE("ed25519: y at and above the prime is refused in A and in R") {
  const Scalar a = scalar(1);
  const Scalar r = scalar(2);
  for (unsigned above = 0; above < 19; ++above) {  // 2^255 - 19 + above still fits in 255 bits
    for (const Byte sign : {Byte{0}, Byte{0x80}}) {
      Point y{};
      y.fill(0xff);
      y[0] = static_cast<Byte>(0xed + above);
      y[31] = static_cast<Byte>(0x7f | sign);
      const Forged as_key = forge(y, times_base(r), r, a, kAny);
      const Forged as_r = forge(times_base(a), y, r, a, kAny);
      CHECK_FALSE(rules(as_key));
      CHECK_FALSE(rules(as_r));
      CHECK(all_say(false, as_key));
      CHECK(all_say(false, as_r));
    }
  }
}

TEST_CASE("ed25519: just below the prime and beside the small orders the rules let pass") {
  const Scalar a = scalar(1);
  const Scalar r = scalar(2);
  Forged it = forge(times_base(a), times_base(r), r, a, kAny);
  for (const char* hex : {"ebffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                          "0200000000000000000000000000000000000000000000000000000000000000",
                          "27e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"}) {
    it.a = point(hex);
    CHECK(rules(it));
  }
}

TEST_CASE("ed25519: keys of mixed order count by the equation without cofactor, on both backends") {
  const Scalar a = scalar(1);
  const Scalar r = scalar(2);
  for (const Named& torsion : std::span(kSmallOrder).subspan(1, 7)) {
    CAPTURE(torsion.name);
    const Point mixed = sum(times_base(a), point(torsion.hex));
    const auto vanishes = [&](unsigned k) { return k % torsion.order == 0; };
    const auto stays = [&](unsigned k) { return k % torsion.order != 0; };
    const Forged holds = forge(mixed, times_base(r), r, a, vanishes);
    const Forged only_with_cofactor = forge(mixed, times_base(r), r, a, stays);
    CHECK(rules(holds));
    CHECK(rules(only_with_cofactor));
    CHECK(all_say(true, holds));
    CHECK(all_say(false, only_with_cofactor));
    // R of mixed order under an honest key: never without cofactor.
    CHECK(all_say(false, forge(times_base(a), sum(times_base(r), point(torsion.hex)), r, a, kAny)));
  }
}
