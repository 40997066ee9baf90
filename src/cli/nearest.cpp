#include "cli/nearest.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace taut::cli {

std::size_t edit_distance(std::string_view one, std::string_view other) {
  // Three rows of the table: two rows up for swaps (optimal string alignment).
  std::vector<std::size_t> above_that(other.size() + 1);
  std::vector<std::size_t> above(other.size() + 1);
  std::vector<std::size_t> row(other.size() + 1);
  std::iota(above.begin(), above.end(), std::size_t{0});
  for (std::size_t i = 1; i <= one.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= other.size(); ++j) {
      const std::size_t replaced = above[j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
      const bool is_swap = i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1];
      if (is_swap) row[j] = std::min(row[j], above_that[j - 2] + 1);
    }
    std::swap(above_that, above);
    std::swap(above, row);
  }
  return above.back();
}

std::optional<std::string> nearest(std::string_view typed, std::span<const std::string> names) {
  constexpr std::size_t kTypedMax = 64;  // longer than any name: not worth the table
  if (typed.size() > kTypedMax) return std::nullopt;
  std::size_t best = std::clamp<std::size_t>(typed.size() / 3, 1, 3) + 1;
  std::optional<std::string> found;
  for (const std::string& name : names) {
    const std::size_t distance = edit_distance(typed, name);
    if (distance >= best) continue;
    best = distance;
    found = name;
  }
  return found;
}

std::string did_you_mean(std::string_view typed, std::span<const std::string> names) {
  const auto name = nearest(typed, names);
  return name ? "; did you mean '" + *name + "'?" : "";
}

}  // namespace taut::cli
