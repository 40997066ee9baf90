// Any bytes as a signature under a fixed key. What is accepted has one encoding: DER for ECDSA, read and
// written again here by a parser of its own; 64 or 114 bytes for EdDSA.

#include "crypto/signature.hpp"

#include <optional>

#include "support/require.hpp"
#include "support/seeded_random.hpp"

using namespace taut;
using namespace taut::crypto;

namespace {

constexpr std::array kAll{SignatureId::ed25519, SignatureId::ecdsa_p256_sha256, SignatureId::ed448,
                          SignatureId::ecdsa_p384_sha384, SignatureId::ecdsa_p521_sha512};

SignaturePublic fixed_key(SignatureId id) {
  test::SeededRandom random(1);
  return SignatureKeyPair::generate(id, random).value().public_key;
}

/// A DER length in its shortest form, and what follows; the content must be there.
std::optional<ByteView> take(ByteView& in, Byte tag) {
  if (in.size() < 2 || in[0] != tag) return std::nullopt;
  std::size_t size = in[1];
  std::size_t header = 2;
  if (size == 0x81) {
    if (in.size() < 3 || in[2] < 0x80) return std::nullopt;
    size = in[2];
    header = 3;
  } else if (size >= 0x80) {
    return std::nullopt;
  }
  if (in.size() - header < size) return std::nullopt;
  const ByteView content = in.subspan(header, size);
  in = in.subspan(header + size);
  return content;
}

/// A positive INTEGER without a superfluous zero.
bool is_positive(ByteView number) {
  if (number.empty() || number[0] >= 0x80) return false;
  return number[0] != 0 || (number.size() > 1 && number[1] >= 0x80);
}

bool is_der(ByteView signature) {
  const std::optional<ByteView> inner = take(signature, 0x30);
  if (!inner || !signature.empty()) return false;
  ByteView rest = *inner;
  const std::optional<ByteView> r = take(rest, 2);
  const std::optional<ByteView> s = take(rest, 2);
  return r && s && rest.empty() && is_positive(*r) && is_positive(*s);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const auto kKeys = [] {
    std::vector<SignaturePublic> keys;
    for (const SignatureId id : kAll) keys.push_back(fixed_key(id));
    return keys;
  }();
  const std::size_t which = data[0] % kAll.size();
  const ByteView signature(data + 1, size - 1);
  const Status status = verify(kKeys[which], as_bytes("message"), signature);
  if (!status) {
    TAUT_REQUIRE(status.error() == Error{Errc::unauthentic, reasons::kBadSignature});
    return 0;
  }
  if (kAll[which] == SignatureId::ed25519) {
    TAUT_REQUIRE(signature.size() == 64);
  } else if (kAll[which] == SignatureId::ed448) {
    TAUT_REQUIRE(signature.size() == 114);
  } else {
    TAUT_REQUIRE(is_der(signature));
  }
  return 0;
}
