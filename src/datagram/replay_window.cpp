#include "datagram/replay_window.hpp"

namespace taut::datagram {

Status ReplayWindow::check(std::uint64_t number) const {
  if (number >= end_) return {};
  if (end_ - number > kReplayWindowPackets) return fail(Errc::replayed, reasons::kTooOld);
  if (seen(number)) return fail(Errc::replayed, reasons::kReplayed);
  return {};
}

void ReplayWindow::accept(std::uint64_t number) {
  if (number >= end_) {
    const std::uint64_t last_word = end_ == 0 ? 0 : (end_ - 1) / kWordBits;
    const std::uint64_t fresh = std::min<std::uint64_t>(number / kWordBits - last_word, kWords);
    for (std::uint64_t i = 0; i < fresh; ++i) words_[(number / kWordBits - i) % kWords] = 0;
    end_ = number + 1;
  }
  word_of(number) |= std::uint64_t{1} << number % kWordBits;
}

}  // namespace taut::datagram
