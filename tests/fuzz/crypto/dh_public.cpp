// Any bytes as a public key: refused, or kept as they came and good for a shared secret.

#include "crypto/dh.hpp"
#include "support/require.hpp"
#include "support/seeded_random.hpp"

using namespace taut;
using namespace taut::crypto;

namespace {

constexpr std::array kGroups{DhId::x25519, DhId::p256, DhId::x448, DhId::p384, DhId::p521};
constexpr Error kBadKey{Errc::malformed, reasons::kBadKey};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const DhId id = kGroups[data[0] % kGroups.size()];
  const ByteView input(data + 1, size - 1);
  const Result<DhPublic> theirs = DhPublic::from_bytes(id, input);
  if (!theirs) {
    TAUT_REQUIRE(theirs.error() == kBadKey);
    return 0;
  }
  TAUT_REQUIRE(equal(theirs->view(), input));
  test::SeededRandom random(1);
  const DhKeyPair mine = DhKeyPair::generate(id, random).value();
  const Result<DhSecret> secret = dh(mine, *theirs);
  if (secret) {
    TAUT_REQUIRE(secret->size() == dh_secret_size(id));
  } else {
    // Only the groups of RFC 7748 have points of low order that are well-formed.
    TAUT_REQUIRE(secret.error() == kBadKey && (id == DhId::x25519 || id == DhId::x448));
  }
  return 0;
}
