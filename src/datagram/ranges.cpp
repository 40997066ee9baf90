#include "datagram/ranges.hpp"

namespace taut::datagram {

void Ranges::add(Range range) {
  if (range.begin >= range.end) return;
  // First range that touches or follows the new one.
  const auto first = std::ranges::lower_bound(ranges_, range.begin, {}, &Range::end);
  auto last = first;
  for (; last != ranges_.end() && last->begin <= range.end; ++last) {
    range.begin = std::min(range.begin, last->begin);
    range.end = std::max(range.end, last->end);
  }
  if (first == last) {
    ranges_.insert(first, range);
    return;
  }
  *first = range;
  ranges_.erase(first + 1, last);
}

void Ranges::subtract(Range range) {
  if (range.begin >= range.end) return;
  std::vector<Range> kept;
  kept.reserve(ranges_.size() + 1);
  for (const Range& one : ranges_) {
    if (one.begin < range.begin) kept.push_back({one.begin, std::min(one.end, range.begin)});
    if (one.end > range.end) kept.push_back({std::max(one.begin, range.end), one.end});
  }
  ranges_ = std::move(kept);
}

void Ranges::keep_highest(std::size_t count) {
  if (ranges_.size() > count)
    ranges_.erase(ranges_.begin(), ranges_.end() - static_cast<std::ptrdiff_t>(count));
}

bool Ranges::contains(std::uint64_t number) const {
  const auto found = std::ranges::upper_bound(ranges_, number, {}, &Range::end);
  return found != ranges_.end() && found->contains(number);
}

}  // namespace taut::datagram
