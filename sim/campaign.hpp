#pragma once
// Many seeds, on a few threads: what was met on the way, and the first that fails.

#include "sim/world.hpp"

namespace taut::sim {

struct Campaign {
  std::uint64_t first_seed = 1;
  std::uint64_t count = 1;
  unsigned jobs = 1;
  std::uint64_t twice_every = 1;  ///< every n-th seed is lived twice, and both lives must agree
  PlantedBug bug = PlantedBug::none;
  Report (*live)(std::uint64_t seed, const Options& options) =
      [](std::uint64_t seed, const Options& options) { return sim::live(plan_of_seed(seed), options); };
};

struct Findings {
  std::uint64_t lived = 0;
  std::uint64_t lived_twice = 0;
  std::uint64_t messages = 0;
  std::uint64_t acknowledged = 0;
  std::uint64_t steps = 0;
  Duration virtual_time{};
  Duration until_quiet_max{};
  Tally tally;
  /// The lowest seed that failed.
  std::optional<std::uint64_t> failed_seed;
  Violation violation;
};

Findings carry_out(const Campaign& campaign);

}  // namespace taut::sim
