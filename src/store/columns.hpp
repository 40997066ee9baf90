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

}  // namespace taut::store
