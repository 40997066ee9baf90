#include "node/queue_ranges.hpp"

namespace taut::node {

std::vector<frame::QueueRange> take_ranges(std::vector<frame::QueueNumber>& numbers) {
  std::ranges::sort(numbers);
  std::vector<frame::QueueRange> ranges;
  std::size_t taken = 0;
  for (; taken < numbers.size(); ++taken) {
    const frame::QueueNumber number = numbers[taken];
    const bool is_next = !ranges.empty() && number - ranges.back().last <= 1;
    if (is_next && number != frame::kOnlineOnlyBit) {  // no range is of both kinds (dispatcher.md, D3)
      ranges.back().last = number;
      continue;
    }
    if (ranges.size() == frame::kReleaseRangesMax) break;
    ranges.push_back({number, number});
  }
  numbers.erase(numbers.begin(), numbers.begin() + static_cast<std::ptrdiff_t>(taken));
  return ranges;
}

}  // namespace taut::node
