#pragma once
// Which row holds a submission: in memory, because a random key costs a page of its own for every row
// that SQLite writes. 11 bytes a submission, on average; rebuilt from the rows at every opening.

#include <array>
#include <vector>

#include "base/ids.hpp"
#include "base/random.hpp"

namespace taut::store {

/// Rows grow, their low halves are never 0, and those that are held lie less than 2^32 apart.
using RowNumber = std::uint64_t;

class SubmissionIndex {
 public:
  /// @param random  for the keys of its hash, which senders must not guess
  explicit SubmissionIndex(Random& random);

  void insert(std::uint64_t inbox, const SubmissionId& submission, RowNumber row);
  void erase(std::uint64_t inbox, const SubmissionId& submission, RowNumber row);
  std::size_t size() const { return size_; }

  /// Calls `match(RowNumber) -> bool` for each row that may hold it, until one says yes; who is asked
  /// compares the row itself: a stranger comes up once in 2^32 / size() questions.
  template <class Match>
  bool find(std::uint64_t inbox, const SubmissionId& submission, Match match) const {
    const std::uint32_t mark = mark_of(inbox, submission);
    for (std::size_t at = home_of(mark); slots_[at].row != 0; at = after(at)) {
      if (slots_[at].mark == mark && match(whole(slots_[at].row))) return true;
    }
    return false;
  }

 private:
  struct Slot {
    std::uint32_t mark = 0;
    std::uint32_t row = 0;  ///< its low half, never 0
  };

  std::uint32_t mark_of(std::uint64_t inbox, const SubmissionId& submission) const;
  std::size_t home_of(std::uint32_t mark) const { return mark >> shift_; }
  std::size_t after(std::size_t at) const { return (at + 1) & (slots_.size() - 1); }
  RowNumber whole(std::uint32_t row) const { return newest_ - (static_cast<std::uint32_t>(newest_) - row); }
  void grow();
  void place(Slot slot);
  void close_gap(std::size_t at);

  std::array<std::uint64_t, 7> keys_{};
  std::vector<Slot> slots_;  ///< a power of two of them, linear probing, at most three quarters full
  unsigned shift_;
  std::size_t size_ = 0;
  RowNumber newest_ = 0;
};

}  // namespace taut::store
