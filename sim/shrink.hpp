#pragma once
// Makes a failing plan shorter for as long as it still fails in the same way.

#include "sim/world.hpp"

namespace taut::sim {

/// @param invariant  that does not hold when `plan` is lived
/// @param tries_max  lives that may be spent
Plan shrink(const Plan& plan, std::string_view invariant, const Options& options, unsigned tries_max = 300);

}  // namespace taut::sim
