#include "crypto/dh.hpp"

namespace taut::crypto {
namespace {

using Key25519 = std::array<Byte, 32>;
using Key448 = std::array<Byte, 56>;

// Little-endian, p = 2^255 - 19: 0, 1, the two of order 8, p - 1, p, p + 1.
constexpr Key25519 near_p(Byte lowest) {
  Key25519 key;
  key.fill(0xff);
  key.front() = lowest;
  key.back() = 0x7f;
  return key;
}
constexpr std::array<Key25519, 7> kX25519{{
    {0},
    {1},
    {0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a,
     0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00},
    {0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef, 0x5b,
     0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57},
    near_p(0xec),
    near_p(0xed),
    near_p(0xee),
}};

// p = 2^448 - 2^224 - 1: 0, 1, p - 1, p, p + 1.
constexpr Key448 near_p448(Byte lowest, Byte low, Byte middle) {
  Key448 key;
  key.fill(0xff);
  for (std::size_t i = 0; i < 28; ++i) key[i] = low;
  key[0] = lowest;
  key[28] = middle;
  return key;
}
constexpr std::array<Key448, 5> kX448{{
    {0},
    {1},
    near_p448(0xfe, 0xff, 0xfe),
    near_p448(0xff, 0xff, 0xfe),
    near_p448(0x00, 0x00, 0xff),
}};

bool is_among(ByteView key, const auto& points) {
  return std::ranges::any_of(points, [&](const auto& point) { return equal(point, key); });
}

}  // namespace

bool DhPublic::is_low_order() const {
  if (id_ == DhId::x448) return is_among(view(), kX448);
  if (id_ != DhId::x25519) return false;  // the P curves have no such points
  Key25519 key;
  std::ranges::copy(view(), key.begin());
  key.back() &= 0x7f;  // RFC 7748 §5: the unused bit is ignored
  return is_among(key, kX25519);
}

}  // namespace taut::crypto
