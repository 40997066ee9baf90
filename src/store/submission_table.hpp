#pragma once
// What became of each submission, until it may be forgotten. The index over them is in memory.

#include "dispatcher/store.hpp"
#include "store/calendar.hpp"
#include "store/node_table.hpp"
#include "store/submission_index.hpp"

namespace taut::store {

class SubmissionTable {
 public:
  SubmissionTable(Database& database, Random& random) : database_(database), index_(random) {}

  /// Reads the index. Once, before anything else.
  Status load(Calendar& calendar);

  struct Found {
    RowNumber row = 0;
    dispatcher::SubmissionRecord record;  ///< stored or expired: who has its message knows better
  };
  Result<std::optional<Found>> find(NodeTable::Id inbox, const SubmissionId& submission);
  /// @return  its row, also for its message; higher than any that is there
  /// @errors  exhausted (quota): kSubmissionsMax are there
  Result<RowNumber> add(NodeTable::Id inbox, const dispatcher::PutMessage& put);
  Status mark_expired(RowNumber row);
  /// Removes what may be forgotten among some rows.
  /// @return  how many went
  Result<std::uint64_t> forget(const RowChunk& chunk, WallTime now, std::size_t count_max);
  /// When the next of these rows may be forgotten.
  Result<std::optional<WallTime>> next_forget(const RowChunk& chunk);

  /// Their index then takes 64 to 128 MiB.
  static constexpr std::size_t kSubmissionsMax = std::size_t{12} << 20;

 private:
  Database& database_;
  SubmissionIndex index_;
  RowNumber newest_ = 0;
};

}  // namespace taut::store
