#pragma once

#include <string>
#include <vector>

namespace taut::bench {

/// Rows of a Markdown table that fill from the left, a column at a time.
class Table {
 public:
  explicit Table(std::string title) : title_(std::move(title)) {}

  void begin_column(std::string heading) { headings_.push_back(std::move(heading)); }
  /// A cell of the current column. A row that has none there stays empty.
  void milliseconds(const std::string& row, double seconds) {
    set(row + " (ms)", significant(seconds * 1e3));
  }
  void microseconds(const std::string& row, double seconds) {
    set(row + " (µs)", significant(seconds * 1e6));
  }
  void count(const std::string& row, std::size_t value) { set(row, std::to_string(value)); }
  void print() const;

 private:
  struct Row {
    std::string name;
    std::vector<std::string> cells;
  };
  void set(const std::string& name, std::string cell);
  static std::string significant(double value);

  std::string title_;
  std::vector<std::string> headings_;
  std::vector<Row> rows_;
};

}  // namespace taut::bench
