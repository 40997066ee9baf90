#include "crypto/labeled.hpp"

#include "crypto/hpke.hpp"

namespace taut::crypto::hpke {
namespace {

constexpr std::string_view kVersion = "HPKE-v1";
/// The most that any caller passes beside version, suite_id and label.
constexpr std::size_t kPartsMax = 4;

using Parts = std::array<ByteView, kPartsMax>;

Parts padded(std::initializer_list<ByteView> given) {
  Parts parts{};
  if (given.size() > parts.size()) std::abort();
  std::ranges::copy(given, parts.begin());
  return parts;
}

HashId kem_hash(DhId kem) {
  switch (kem) {
    case DhId::p256:
    case DhId::x25519:
      return HashId::sha256;
    case DhId::p384:
      return HashId::sha384;
    case DhId::p521:
    case DhId::x448:
      return HashId::sha512;
  }
  std::abort();
}

}  // namespace

DerivedKey Labeled::extract(ByteView salt, std::string_view label,
                            std::initializer_list<ByteView> ikm) const {
  const Parts more = padded(ikm);
  return hkdf_extract(
      hash_, salt,
      {as_bytes(kVersion), suite_id_.view(), as_bytes(label), more[0], more[1], more[2], more[3]});
}

Status Labeled::expand(ByteView prk, std::string_view label, std::initializer_list<ByteView> info,
                       MutableByteView out) const {
  if (out.size() > 0xffff) return fail(Errc::misuse, reasons::kTooLarge);
  const std::array<Byte, 2> size{static_cast<Byte>(out.size() >> 8), static_cast<Byte>(out.size())};
  const Parts more = padded(info);
  return hkdf_expand(
      hash_, prk,
      {size, as_bytes(kVersion), suite_id_.view(), as_bytes(label), more[0], more[1], more[2], more[3]}, out);
}

Labeled kem_kdf(DhId kem) {
  const std::uint16_t id = kem_id(kem);
  return {kem_hash(kem),
          std::array<Byte, 5>{'K', 'E', 'M', static_cast<Byte>(id >> 8), static_cast<Byte>(id)}};
}

}  // namespace taut::crypto::hpke
