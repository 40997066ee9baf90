#include "store/submission_index.hpp"

#include <bit>

namespace taut::store {

namespace {

constexpr std::size_t kSlotsAtFirst = 1024;
constexpr unsigned kMarkBits = 32;

std::uint32_t u32_at(ByteView bytes, std::size_t at) {
  std::uint32_t word = 0;
  std::memcpy(&word, bytes.data() + at, sizeof word);
  return word;
}

}  // namespace

SubmissionIndex::SubmissionIndex(Random& random)
    : slots_(kSlotsAtFirst), shift_(kMarkBits - std::countr_zero(kSlotsAtFirst)) {
  for (std::uint64_t& key : keys_) key = random.u64();
}

// Multilinear hashing, strongly universal with secret keys (Lemire and Kaser, "Strongly universal string
// hashing is fast", 2014): whoever does not know them cannot make submissions collide.
std::uint32_t SubmissionIndex::mark_of(std::uint64_t inbox, const SubmissionId& submission) const {
  std::uint64_t sum = keys_[0];
  for (std::size_t word = 0; word < 4; ++word) sum += keys_[1 + word] * u32_at(submission.view(), 4 * word);
  sum += keys_[5] * (inbox & 0xffffffff) + keys_[6] * (inbox >> 32);
  return static_cast<std::uint32_t>(sum >> 32);
}

void SubmissionIndex::insert(std::uint64_t inbox, const SubmissionId& submission, RowNumber row) {
  newest_ = std::max(newest_, row);
  if (4 * (size_ + 1) > 3 * slots_.size()) grow();
  place({mark_of(inbox, submission), static_cast<std::uint32_t>(row)});
  ++size_;
}

void SubmissionIndex::erase(std::uint64_t inbox, const SubmissionId& submission, RowNumber row) {
  const std::uint32_t mark = mark_of(inbox, submission);
  const auto low = static_cast<std::uint32_t>(row);
  for (std::size_t at = home_of(mark); slots_[at].row != 0; at = after(at)) {
    if (slots_[at].mark != mark || slots_[at].row != low) continue;
    close_gap(at);
    --size_;
    return;
  }
}

void SubmissionIndex::place(Slot slot) {
  std::size_t at = home_of(slot.mark);
  while (slots_[at].row != 0) at = after(at);
  slots_[at] = slot;
}

void SubmissionIndex::grow() {
  std::vector<Slot> old(2 * slots_.size());
  old.swap(slots_);
  --shift_;
  for (const Slot& slot : old) {
    if (slot.row != 0) place(slot);
  }
}

/// Every slot stays reachable from its home without a hole between.
void SubmissionIndex::close_gap(std::size_t at) {
  std::size_t hole = at;
  for (std::size_t next = after(at); slots_[next].row != 0; next = after(next)) {
    const std::size_t mask = slots_.size() - 1;
    const std::size_t from_home = (next - home_of(slots_[next].mark)) & mask;
    if (from_home < ((next - hole) & mask)) continue;
    slots_[hole] = slots_[next];
    hole = next;
  }
  slots_[hole] = {};
}

}  // namespace taut::store
