#pragma once
// Numbers in columns. SQLite's integers are signed: what is compared there stays below 2^63.

#include <limits>

#include "base/time.hpp"

namespace taut::store {

inline std::int64_t column_of(std::uint64_t number) {
  constexpr auto kMax = std::uint64_t{std::numeric_limits<std::int64_t>::max()};
  return static_cast<std::int64_t>(std::min(number, kMax));
}
inline std::int64_t column_of(WallTime at) { return column_of(at.unix_ms); }

/// Sorted by SQLite as the numbers are, all 64 bits of them.
inline std::int64_t sorted_column_of(std::uint64_t number) {
  return static_cast<std::int64_t>(number ^ std::uint64_t{1} << 63);
}
inline std::uint64_t from_sorted_column(std::int64_t column) {
  return static_cast<std::uint64_t>(column) ^ std::uint64_t{1} << 63;
}

}  // namespace taut::store
