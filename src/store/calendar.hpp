#pragma once
// When something is over in which rows: in memory, because an index over times costs as much as the rows.
// Rows grow, so a thousand that follow one another are one entry, with the earliest of their times; who
// has looked at them says what the next one is.

#include <map>
#include <optional>
#include <set>

#include "base/time.hpp"

namespace taut::store {

/// A thousand rows that follow one another.
struct RowChunk {
  static constexpr unsigned kBits = 10;

  std::uint64_t number = 0;

  std::uint64_t first() const { return number << kBits; }
  std::uint64_t last() const { return first() + (std::uint64_t{1} << kBits) - 1; }
};

class Calendar {
 public:
  void expect(std::uint64_t row, WallTime when) {
    const std::uint64_t chunk = row >> RowChunk::kBits;
    const auto [entry, is_new] = earliest_.try_emplace(chunk, when);
    if (!is_new) {
      if (entry->second <= when) return;
      order_.erase({entry->second, chunk});
      entry->second = when;
    }
    order_.emplace(when, chunk);
  }

  bool is_due(WallTime now) const { return !order_.empty() && order_.begin()->first <= now; }

  /// Takes out the chunk with the earliest time, if that is not later than now.
  std::optional<RowChunk> take_due(WallTime now) {
    if (!is_due(now)) return std::nullopt;
    const std::uint64_t chunk = order_.begin()->second;
    order_.erase(order_.begin());
    earliest_.erase(chunk);
    return RowChunk{chunk};
  }

 private:
  std::map<std::uint64_t, WallTime> earliest_;
  std::set<std::pair<WallTime, std::uint64_t>> order_;
};

}  // namespace taut::store
