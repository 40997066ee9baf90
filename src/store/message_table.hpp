#pragma once
// The messages of all inboxes, in the order in which they came.

#include "dispatcher/store.hpp"
#include "store/calendar.hpp"
#include "store/node_table.hpp"
#include "store/submission_index.hpp"

namespace taut::store {

class MessageTable {
 public:
  explicit MessageTable(Database& database) : database_(database) {}

  Status add(RowNumber row, NodeTable::Id inbox, const dispatcher::PutMessage& put);
  Result<bool> holds(RowNumber row);
  Result<dispatcher::Fetched> fetch(NodeTable::Id inbox, const dispatcher::FetchMessages& fetch);
  /// Removes one range of an inbox; `freed` grows.
  Status release(NodeTable::Id inbox, const dispatcher::QueueRange& range, dispatcher::ShareUsage& freed);

  struct Expired {
    RowNumber row = 0;
    NodeTable::Id inbox = 0;
    std::size_t share = 0;
    std::uint64_t size = 0;
  };
  /// Removes what is over among some rows, at most `count_max`.
  Result<std::vector<Expired>> expire(const RowChunk& chunk, WallTime now, std::size_t count_max);
  /// When the next of these rows is over.
  Result<std::optional<WallTime>> next_expiry(const RowChunk& chunk);

 private:
  Database& database_;
};

}  // namespace taut::store
