#pragma once
// Two clocks (design §7). The core reads neither: shells and the simulator pass the time in.

#include <chrono>
#include <compare>
#include <cstdint>

namespace taut {

using Duration = std::chrono::nanoseconds;

/// A point on the monotonic clock, for deadlines. Its zero means nothing.
struct Instant {
  Duration since_start{0};

  friend auto operator<=>(const Instant&, const Instant&) = default;
  friend Instant operator+(Instant at, Duration by) { return {at.since_start + by}; }
  friend Instant operator-(Instant at, Duration by) { return {at.since_start - by}; }
  friend Duration operator-(Instant a, Instant b) { return a.since_start - b.since_start; }
};

/// Milliseconds since 1970 (UTC), for lifetimes. A device may not know it: std::optional<WallTime>.
struct WallTime {
  std::uint64_t unix_ms = 0;

  friend auto operator<=>(const WallTime&, const WallTime&) = default;
  friend WallTime operator+(WallTime at, std::chrono::milliseconds by) {
    return {at.unix_ms + static_cast<std::uint64_t>(by.count())};
  }
};

}  // namespace taut
