#pragma once
// The counters by name, for who runs a dispatcher: `taut dispatcher stats` and metrics say the same.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dispatcher/counters.hpp"

namespace taut::dispatcher {

enum class FigureKind : std::uint8_t {
  counter,  ///< since the start; only grows
  gauge,    ///< now
};

struct FigureRow {
  std::string_view name;
  FigureKind kind;
  std::string_view meaning;
  std::uint64_t Counters::* value;
};
std::span<const FigureRow> figure_rows();

struct Figure {
  std::string name;
  std::uint64_t value = 0;
  friend bool operator==(const Figure&, const Figure&) = default;
};
std::vector<Figure> figures_of(const Counters& counters);

}  // namespace taut::dispatcher
