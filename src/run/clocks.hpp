#pragma once
// The system's wall clock, as the core takes it. The monotonic one is carrier::Loop::now().

#include <optional>

#include "node/task.hpp"

namespace taut::run {

/// nullopt: the clock stands before 2020, so it was never set.
std::optional<WallTime> wall_time();
/// Both clocks, now.
node::Moment node_moment();

}  // namespace taut::run
