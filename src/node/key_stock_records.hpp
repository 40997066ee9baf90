#pragma once
// What each own dispatcher was given of KeyPackages (value `key_stocks`, docs/protocol/node-state.md).

#include "frame/key_package.hpp"
#include "node/store.hpp"

namespace taut::node {

/// struct {
///   opaque dispatcher[32];
///   uint64 batch;             the last one; 0: none so far, or all of it is to be replaced
///   uint8 restock;
///   uint64 renewed;           when last resorts were made; Unix milliseconds
///   opaque under_way<V><V>;   KeyPackageRefs of the last batch, until it is known to be there
/// } KeyStock;
struct KeyStockRecord {
  NodeId dispatcher;
  std::uint64_t batch = 0;
  frame::Restock restock = frame::Restock::replace;
  WallTime renewed;
  std::vector<Bytes> under_way;
};

/// struct { uint8 format = 1; KeyStock stocks<V>; }
struct KeyStockRecords {
  std::vector<KeyStockRecord> list;

  /// Of a dispatcher that was given nothing: an empty one.
  KeyStockRecord of(const NodeId& dispatcher) const;
  /// Takes the place of the one before, where there is one; the oldest goes where there are too many.
  void put(const KeyStockRecord& stock);
};
/// More than dispatchers that a card may list.
inline constexpr std::size_t kKeyStocksMax = 32;

/// @errors malformed (damaged_state); incompatible (future_state)
Result<KeyStockRecords> load_key_stocks(Transaction& transaction);
Status save_key_stocks(Transaction& transaction, const KeyStockRecords& stocks);

}  // namespace taut::node
