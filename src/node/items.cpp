#include "node/items.hpp"

#include "node/records.hpp"

namespace taut::node {

Result<std::vector<Item>> take(Store& store, std::size_t count_max) {
  std::vector<Item> items;
  TAUT_CHECK(store.write([&](Transaction& transaction) -> Status {
    TAUT_TRY(const std::vector<ItemRow> rows, transaction.items(count_max));
    for (const ItemRow& row : rows) {
      TAUT_TRY(auto what, parse_item(row.record));
      const bool again = row.offered == Offered::before;
      items.push_back({row.number, again ? Delivery::redelivered : Delivery::first, std::move(what)});
      if (!again) TAUT_CHECK(transaction.mark_offered(row.number));
    }
    return {};
  }));
  return items;
}

Status mark_shown(Store& store, std::span<const RowNumber> numbers) {
  return store.write([&](Transaction& transaction) -> Status {
    for (const RowNumber number : numbers) TAUT_CHECK(transaction.erase_item(number));
    return {};
  });
}

}  // namespace taut::node
