// Any bytes as an encapsulated key and a ciphertext for a fixed recipient: a text or the one answer. And
// any bytes as a text come back.

#include "crypto/hpke.hpp"
#include "support/require.hpp"
#include "support/seeded_random.hpp"

using namespace taut;
using namespace taut::crypto;

namespace {

constexpr std::array kGroups{DhId::x25519, DhId::p256, DhId::x448, DhId::p384, DhId::p521};
constexpr std::array kAeads{AeadId::aes128gcm, AeadId::chacha20poly1305, AeadId::aes256gcm};

const DhKeyPair& recipient(std::size_t which) {
  static const auto kPairs = [] {
    std::vector<DhKeyPair> pairs;
    for (const DhId id : kGroups) {
      test::SeededRandom random(1);
      pairs.push_back(DhKeyPair::generate(id, random).value());
    }
    return pairs;
  }();
  return kPairs[which];
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t which = data[0] % kGroups.size();
  const hpke::Algorithms algorithms{kGroups[which], HashId::sha256, kAeads[data[0] / 64 % kAeads.size()]};
  const ByteView input(data + 1, size - 1);
  const DhKeyPair& key = recipient(which);

  const std::size_t enc_size = std::min(input.size(), dh_public_size(algorithms.kem));
  const Result<Bytes> opened = hpke::open(algorithms, input.first(enc_size), key, as_bytes("info"),
                                          as_bytes("aad"), input.subspan(enc_size));
  if (!opened) TAUT_REQUIRE(opened.error() == Error{Errc::unauthentic, reasons::kBadTag});

  test::SeededRandom random(size);
  const hpke::Sealed sealed =
      hpke::seal(algorithms, key.public_key, as_bytes("info"), as_bytes("aad"), input, random).value();
  const Result<Bytes> text =
      hpke::open(algorithms, sealed.enc.view(), key, as_bytes("info"), as_bytes("aad"), sealed.ciphertext);
  TAUT_REQUIRE(text.has_value() && equal(*text, input));
  return 0;
}
