#include "datagram/replay_window.hpp"

namespace taut::datagram {

Status ReplayWindow::check(std::uint64_t number) const {
  if (number >= end_) return {};
  if (number < begin_of_window(end_)) return fail(Errc::replayed, reasons::kTooOld);
  if (seen(number)) return fail(Errc::replayed, reasons::kReplayed);
  return {};
}

void ReplayWindow::accept(std::uint64_t number) {
  make_room(number);
  if (number >= end_) {
    const std::uint64_t last_word = end_ == 0 ? 0 : (end_ - 1) / kWordBits;
    const std::uint64_t fresh = std::min<std::uint64_t>(number / kWordBits - last_word, words_.size());
    for (std::uint64_t i = 0; i < fresh; ++i) words_[(number / kWordBits - i) % words_.size()] = 0;
    end_ = number + 1;
  }
  words_[number / kWordBits % words_.size()] |= std::uint64_t{1} << number % kWordBits;
}

/// Grows the ring to span the window as it is when `number` was accepted.
void ReplayWindow::make_room(std::uint64_t number) {
  const std::uint64_t last = std::max(number, end_ == 0 ? 0 : end_ - 1);
  // At the very last number there is no end beyond it; the window begins one early then, and fits all the
  // same.
  const std::uint64_t begin = begin_of_window(last == UINT64_MAX ? last : last + 1);
  const std::size_t needed = static_cast<std::size_t>(last / kWordBits - begin / kWordBits) + 1;
  if (needed <= words_.size()) return;
  std::vector<std::uint64_t> grown(std::min(kWordsMax, std::max(needed, 2 * words_.size())));
  if (!words_.empty() && end_ > 0) {
    const std::uint64_t newest = (end_ - 1) / kWordBits;
    const std::uint64_t count = std::min<std::uint64_t>(words_.size(), newest + 1);
    for (std::uint64_t i = 0; i < count; ++i)
      grown[(newest - i) % grown.size()] = words_[(newest - i) % words_.size()];
  }
  words_ = std::move(grown);
}

void ReplayWindow::rest() {
  floor_ = end_;
  words_ = {};
}

}  // namespace taut::datagram
