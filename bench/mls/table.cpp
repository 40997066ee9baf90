#include "mls/table.hpp"

#include <algorithm>
#include <cstdio>

namespace taut::bench {

void Table::set(const std::string& name, std::string cell) {
  auto row = std::ranges::find(rows_, name, &Row::name);
  if (row == rows_.end()) row = rows_.insert(rows_.end(), {name, {}});
  row->cells.resize(headings_.size());
  row->cells.back() = std::move(cell);
}

std::string Table::significant(double value) {
  char text[32];
  const char* format = value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f";
  std::snprintf(text, sizeof text, format, value);  // NOLINT: one of three literals
  return text;
}

void Table::print() const {
  std::printf("| %s |", title_.c_str());
  for (const std::string& heading : headings_) std::printf(" %s |", heading.c_str());
  std::printf("\n|---|");
  for (std::size_t i = 0; i < headings_.size(); ++i) std::printf("---:|");
  for (const Row& row : rows_) {
    std::printf("\n| %s |", row.name.c_str());
    for (std::size_t i = 0; i < headings_.size(); ++i)
      std::printf(" %s |", i < row.cells.size() && !row.cells[i].empty() ? row.cells[i].c_str() : "-");
  }
  std::printf("\n");
}

}  // namespace taut::bench
