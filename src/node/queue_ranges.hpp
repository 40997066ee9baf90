#pragma once
// Queue numbers as a release says them.

#include "frame/delivery.hpp"

namespace taut::node {

/// The lowest numbers as ascending ranges, at most frame::kReleaseRangesMax of them; they leave `numbers`.
std::vector<frame::QueueRange> take_ranges(std::vector<frame::QueueNumber>& numbers);

}  // namespace taut::node
