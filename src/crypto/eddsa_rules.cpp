#include "crypto/eddsa_rules.hpp"

namespace taut::crypto {
namespace {

template <std::size_t N>
using Encoded = std::array<Byte, N>;  // little-endian, as RFC 8032 writes numbers

/// Hex to bytes at compile time, so that the constants can be held against the RFC.
template <std::size_t N>
consteval Encoded<N> encoded(const char (&text)[2 * N + 1]) {
  const auto nibble = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  Encoded<N> bytes{};
  for (std::size_t i = 0; i < N; ++i)
    bytes[i] = static_cast<Byte>(nibble(text[2 * i]) << 4 | nibble(text[2 * i + 1]));
  return bytes;
}

template <std::size_t N>
struct Rules {
  Encoded<N> order;                         ///< L
  Encoded<N> prime;                         ///< p
  std::span<const Encoded<N>> small_order;  ///< the y of each point whose order divides the cofactor
};

// RFC 8032 §5.1. y = 0: order 4; 1: the neutral point; p - 1: order 2; the last two: order 8.
constexpr std::array<Encoded<32>, 5> kSmallOrder25519{
    encoded<32>("0000000000000000000000000000000000000000000000000000000000000000"),
    encoded<32>("0100000000000000000000000000000000000000000000000000000000000000"),
    encoded<32>("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    encoded<32>("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    encoded<32>("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
};
constexpr Rules<32> kEd25519{
    encoded<32>("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"),
    encoded<32>("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    kSmallOrder25519,
};

// RFC 8032 §5.2. y = 0: order 4; 1: the neutral point; p - 1: order 2.
constexpr std::array<Encoded<57>, 3> kSmallOrder448{
    encoded<57>("00000000000000000000000000000000000000000000000000000000"
                "0000000000000000000000000000000000000000000000000000000000"),
    encoded<57>("01000000000000000000000000000000000000000000000000000000"
                "0000000000000000000000000000000000000000000000000000000000"),
    encoded<57>("feffffffffffffffffffffffffffffffffffffffffffffffffffffff"
                "feffffffffffffffffffffffffffffffffffffffffffffffffffffff00"),
};
constexpr Rules<57> kEd448{
    encoded<57>("f34458ab92c27823558fc58d72c26c219036d6ae49db4ec4e923ca7c"
                "ffffffffffffffffffffffffffffffffffffffffffffffffffffff3f00"),
    encoded<57>("ffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
                "feffffffffffffffffffffffffffffffffffffffffffffffffffffff00"),
    kSmallOrder448,
};

bool below(ByteView number, ByteView bound) {
  return std::lexicographical_compare(number.rbegin(), number.rend(), bound.rbegin(), bound.rend());
}

template <std::size_t N>
bool point_acceptable(const Rules<N>& rules, ByteView point) {
  Encoded<N> y;
  std::ranges::copy(point, y.begin());
  y[N - 1] &= 0x7f;  // the sign of x
  return below(y, rules.prime) && std::ranges::find(rules.small_order, y) == rules.small_order.end();
}

template <std::size_t N>
bool acceptable(const Rules<N>& rules, ByteView public_key, ByteView signature) {
  return signature.size() == 2 * N && point_acceptable(rules, public_key) &&
         point_acceptable(rules, signature.first(N)) && below(signature.last(N), rules.order);
}

}  // namespace

bool ed25519_acceptable(ByteView public_key, ByteView signature) {
  return acceptable(kEd25519, public_key, signature);
}
bool ed448_acceptable(ByteView public_key, ByteView signature) {
  return acceptable(kEd448, public_key, signature);
}

}  // namespace taut::crypto
