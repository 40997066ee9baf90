#include "crypto/dh.hpp"

#include <doctest/doctest.h>

#include "crypto/encoding.hpp"
#include "support/seeded_random.hpp"

using namespace taut;
using namespace taut::crypto;
using test::SeededRandom;

namespace {

constexpr std::array kAll{DhId::x25519, DhId::x448, DhId::p256, DhId::p384, DhId::p521};
constexpr std::array kCurves{DhId::p256, DhId::p384, DhId::p521};
constexpr Error kBadKey{Errc::malformed, reasons::kBadKey};

DhKeyPair pair_of(DhId id, std::uint64_t seed) {
  SeededRandom random(seed);
  return DhKeyPair::generate(id, random).value();
}

/// The order of a P curve, from SEC 2.
Bytes order(DhId id) {
  const char* hex = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
  if (id == DhId::p384)
    hex = "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973";
  if (id == DhId::p521)
    hex =
        "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa"
        "51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409";
  return from_hex(hex).value();
}

/// Randomness that gives the same bytes for ever.
struct Constant final : Random {
  explicit Constant(Byte value) : byte(value) {}
  void fill(MutableByteView out) override { std::ranges::fill(out, byte); }
  Byte byte;
};

}  // namespace

TEST_CASE("dh: both ends compute the same secret, a third another") {
  for (const DhId id : kAll) {
    const DhKeyPair a = pair_of(id, 1);
    const DhKeyPair b = pair_of(id, 2);
    const DhKeyPair c = pair_of(id, 3);
    CHECK(a.public_key.view().size() == dh_public_size(id));
    CHECK(a.private_key.size() == dh_private_size(id));
    const DhSecret secret = dh(a, b.public_key).value();
    CHECK(secret.size() == dh_secret_size(id));
    CHECK(secret.equals(dh(b, a.public_key).value()));
    CHECK_FALSE(secret.equals(dh(a, c.public_key).value()));
  }
}

TEST_CASE("dh: the same random bytes give the same pair, and so does the private key alone") {
  for (const DhId id : kAll) {
    const DhKeyPair pair = pair_of(id, 7);
    CHECK(pair.public_key == pair_of(id, 7).public_key);
    CHECK(pair.private_key.equals(pair_of(id, 7).private_key));
    CHECK_FALSE(pair.public_key == pair_of(id, 8).public_key);
    CHECK(DhKeyPair::from_private(id, pair.private_key.expose()).value().public_key == pair.public_key);
    CHECK(DhKeyPair::copy_of(pair).private_key.equals(pair.private_key));
    CHECK(DhPublic::from_bytes(id, pair.public_key.view()).value() == pair.public_key);
  }
}

TEST_CASE("dh: RFC 7748 §5.2") {
  const auto shared = [](DhId id, std::string_view mine, std::string_view theirs) {
    const DhKeyPair pair = DhKeyPair::from_private(id, from_hex(mine).value()).value();
    return to_hex(dh(pair, DhPublic::from_bytes(id, from_hex(theirs).value()).value()).value().expose());
  };
  CHECK(shared(DhId::x25519, "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
               "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c") ==
        "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
  CHECK(shared(DhId::x448,
               "3d262fddf9ec8e88495266fea19a34d28882acef045104d0d1aae121700a779c984c24f8cdd78fbf"
               "f44943eba368f54b29259a4f1c600ad3",
               "06fce640fa3487bfda5f6cf2d5263f8aad88334cbd07437f020f08f9814dc031ddbdc38c19c6da25"
               "83fa5429db94ada18aa7a7fb4ef8a086") ==
        "ce3e4ff95a60dc6697da1db1d85e6afbdf79b50a2412d7546d5f239fe14fbaadeb445fc66a01b077"
        "9d98223961111e21766282f73dd96b6f");
}

TEST_CASE("dh: a key of another size is refused") {
  for (const DhId id : kAll) {
    const DhKeyPair pair = pair_of(id, 1);
    const Bytes bytes = to_bytes(pair.public_key.view());
    CHECK(DhPublic::from_bytes(id, {}).error() == kBadKey);
    CHECK(DhPublic::from_bytes(id, ByteView(bytes).first(bytes.size() - 1)).error() == kBadKey);
    Bytes longer = bytes;
    longer.push_back(0);
    CHECK(DhPublic::from_bytes(id, longer).error() == kBadKey);
    const Bytes scalar = to_bytes(pair.private_key.expose());
    CHECK(DhKeyPair::from_private(id, {}).error() == kBadKey);
    CHECK(DhKeyPair::from_private(id, ByteView(scalar).first(scalar.size() - 1)).error() == kBadKey);
    CHECK(DhKeyPair::from_private(id, Bytes(scalar.size() + 1, 1)).error() == kBadKey);
  }
}

TEST_CASE("dh: keys of two groups do not mix") {
  for (const DhId mine : kAll) {
    for (const DhId theirs : kAll) {
      if (mine != theirs) CHECK(dh(pair_of(mine, 1), pair_of(theirs, 2).public_key).error() == kBadKey);
    }
  }
}

TEST_CASE("dh: a moved-from pair holds no key and computes nothing") {
  for (const DhId id : kAll) {
    DhKeyPair from = pair_of(id, 1);
    const DhKeyPair to = std::move(from);
    CHECK(from.private_key.empty());  // NOLINT(bugprone-use-after-move): that is what is tested
    CHECK(dh(from, to.public_key).error().code == Errc::misuse);
    CHECK(dh(to, to.public_key).has_value());
  }
}

TEST_CASE("dh: points of low order give no secret, and are known without one") {
  const auto refused = [](DhId id, ByteView bytes) {
    const DhPublic key = DhPublic::from_bytes(id, bytes).value();
    const Result<DhSecret> secret = dh(pair_of(id, 1), key);
    return key.is_low_order() && !secret.has_value() && secret.error() == kBadKey;
  };
  // u of order 1, 2, 4 and 8 on the curve and its twist, and the same with p added.
  for (const char* u : {"0000000000000000000000000000000000000000000000000000000000000000",
                        "0100000000000000000000000000000000000000000000000000000000000000",
                        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"}) {
    CAPTURE(u);
    Bytes bytes = from_hex(u).value();
    CHECK(refused(DhId::x25519, bytes));
    bytes.back() |= 0x80;  // RFC 7748 §5: ignored
    CHECK(refused(DhId::x25519, bytes));
    bytes[1] ^= 1;
    CHECK_FALSE(DhPublic::from_bytes(DhId::x25519, bytes)->is_low_order());
  }
  Bytes p(56, 0xff);  // 2^448 - 2^224 - 1
  p[28] = 0xfe;
  Bytes p_minus_1 = p;
  p_minus_1[0] = 0xfe;
  Bytes p_plus_1(56);
  std::fill(p_plus_1.begin() + 28, p_plus_1.end(), 0xff);
  Bytes one(56);
  one[0] = 1;
  for (const Bytes& u : {Bytes(56), one, p_minus_1, p, p_plus_1}) CHECK(refused(DhId::x448, u));
  one[0] = 2;
  CHECK_FALSE(DhPublic::from_bytes(DhId::x448, one)->is_low_order());
  for (const DhId id : kAll) CHECK_FALSE(pair_of(id, 1).public_key.is_low_order());
}

TEST_CASE("dh: a P curve takes uncompressed points on the curve only") {
  for (const DhId id : kCurves) {
    const Bytes good = to_bytes(pair_of(id, 1).public_key.view());
    const std::size_t size = dh_private_size(id);
    const auto refused = [&](ByteView bytes) { return DhPublic::from_bytes(id, bytes).error() == kBadKey; };
    for (unsigned form = 0; form < 256; ++form) {  // compressed, hybrid, infinity in full size
      Bytes changed = good;
      changed[0] = static_cast<Byte>(form);
      if (form != 4) CHECK(refused(changed));
    }
    Bytes compressed(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(1 + size));
    compressed[0] = static_cast<Byte>(2 + (good.back() & 1));
    CHECK(refused(compressed));
    CHECK(refused(Bytes{0}));  // infinity, SEC 1 §2.3.3
    Bytes off = good;
    off.back() ^= 1;
    CHECK(refused(off));
    Bytes zero(good.size());
    zero[0] = 4;
    CHECK(refused(zero));
    Bytes large = good;  // a coordinate of the right size that is not below the prime
    std::fill(large.begin() + 1, large.begin() + 1 + static_cast<std::ptrdiff_t>(size), 0xff);
    CHECK(refused(large));
  }
}

TEST_CASE("dh: P-256 refuses a coordinate with the prime added") {
  // x = 5 is on the curve: its y, and x + p, which fits in 32 bytes too.
  const std::string y = "459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbcc";
  const std::string x(63, '0');
  CHECK(DhPublic::from_bytes(DhId::p256, from_hex("04" + x + "5" + y).value()).has_value());
  const std::string x_plus_p = "ffffffff00000001000000000000000000000001000000000000000000000004";
  CHECK_FALSE(DhPublic::from_bytes(DhId::p256, from_hex("04" + x_plus_p + y).value()).has_value());
}

TEST_CASE("dh: a P curve's private key is a scalar in 1..order-1") {
  for (const DhId id : kCurves) {
    const Bytes n = order(id);
    Bytes below = n;
    below.back() = static_cast<Byte>(below.back() - 1);
    Bytes above = n;
    above.back() = static_cast<Byte>(above.back() + 1);
    Bytes one(n.size());
    one.back() = 1;
    CHECK(DhKeyPair::from_private(id, Bytes(n.size())).error() == kBadKey);
    CHECK(DhKeyPair::from_private(id, n).error() == kBadKey);
    CHECK(DhKeyPair::from_private(id, above).error() == kBadKey);
    CHECK(DhKeyPair::from_private(id, Bytes(n.size(), 0xff)).error() == kBadKey);
    // n - 1 and 1 give the two points with the generator's x.
    const DhKeyPair last = DhKeyPair::from_private(id, below).value();
    const DhKeyPair first = DhKeyPair::from_private(id, one).value();
    const std::size_t x_end = 1 + n.size();
    CHECK(equal(last.public_key.view().first(x_end), first.public_key.view().first(x_end)));
    CHECK_FALSE(last.public_key == first.public_key);
    CHECK(dh(last, first.public_key).value().equals(dh(first, first.public_key).value()));
  }
}

TEST_CASE("dh: randomness without a scalar in it ends in an error, not in a loop") {
  for (const DhId id : kCurves) {
    Constant zeros(0x00);
    Constant ones(0xff);
    CHECK(DhKeyPair::generate(id, zeros).error().code == Errc::unavailable);
    CHECK(DhKeyPair::generate(id, ones).error().code == Errc::unavailable);
    Constant fine(0x01);
    CHECK(DhKeyPair::generate(id, fine).has_value());
  }
}

TEST_CASE("dh: derived pairs follow the key material and the group") {
  const Bytes ikm(66, 0x42);
  for (const DhId id : kAll) {
    const DhKeyPair derived = DhKeyPair::derive(id, ikm).value();
    CHECK(derived.public_key == DhKeyPair::derive(id, ikm).value().public_key);
    CHECK_FALSE(derived.public_key == DhKeyPair::derive(id, Bytes(66, 0x43)).value().public_key);
  }
}
