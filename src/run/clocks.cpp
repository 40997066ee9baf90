#include "run/clocks.hpp"

#include "carrier/loop.hpp"

namespace taut::run {

std::optional<WallTime> wall_time() {
  constexpr std::chrono::sys_days kNeverSetBefore = std::chrono::year(2020) / 1 / 1;
  const auto now = std::chrono::system_clock::now();
  if (now < kNeverSetBefore) return std::nullopt;
  const auto since_1970 = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
  return WallTime{static_cast<std::uint64_t>(since_1970.count())};
}

node::Moment node_moment() { return {carrier::Loop::now(), wall_time()}; }

}  // namespace taut::run
