#pragma once
// Rows of a query as values.

#include <optional>
#include <vector>

#include "store/sqlite.hpp"

namespace taut::store {

/// `make()` gives the value of the row at hand: a Row or a Result<Row>.
template <class Row, class Make>
Result<std::optional<Row>> first_row(Query& query, Make make) {
  TAUT_TRY(const bool is_there, query.step());
  if (!is_there) return std::nullopt;
  TAUT_TRY(Row row, Result<Row>(make()));
  return std::optional<Row>(std::move(row));
}

template <class Row, class Make>
Result<std::vector<Row>> all_rows(Query& query, Make make) {
  std::vector<Row> rows;
  for (;;) {
    TAUT_TRY(const bool is_there, query.step());
    if (!is_there) return rows;
    TAUT_TRY(Row row, Result<Row>(make()));
    rows.push_back(std::move(row));
  }
}

}  // namespace taut::store
