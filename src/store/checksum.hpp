#pragma once
// The checksum of SQLite's write-ahead log (its file format, §4.2), for log frames and for our pages.
// It finds every change inside one 8-byte word and others with odds of 2^-64. It is no MAC.

#include <bit>

#include "base/bytes.hpp"

namespace taut::store {

struct Checksum {
  std::uint32_t first = 0;
  std::uint32_t second = 0;
  friend bool operator==(const Checksum&, const Checksum&) = default;
};

inline std::uint32_t load_u32(ByteView at, std::endian order) {
  std::uint32_t word = 0;
  std::memcpy(&word, at.data(), sizeof word);
  return order == std::endian::native ? word : __builtin_bswap32(word);
}

inline void store_u32(MutableByteView at, std::uint32_t word, std::endian order) {
  if (order != std::endian::native) word = __builtin_bswap32(word);
  std::memcpy(at.data(), &word, sizeof word);
}

/// Goes on from `seed` over words of the given order.
/// @pre bytes.size() is a multiple of 8
inline Checksum checksum(Checksum seed, ByteView bytes, std::endian order) {
  Checksum sum = seed;
  for (std::size_t at = 0; at < bytes.size(); at += 8) {
    sum.first += load_u32(bytes.subspan(at, 4), order) + sum.second;
    sum.second += load_u32(bytes.subspan(at + 4, 4), order) + sum.first;
  }
  return sum;
}

}  // namespace taut::store
