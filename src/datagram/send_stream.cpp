#include "datagram/send_stream.hpp"

namespace taut::datagram {

Status SendStream::write(ByteView bytes) {
  if (ended_) return fail(Errc::misuse, reasons::kMisuse);
  if (bytes.size() > room()) return fail(Errc::exhausted, reasons::kTooLarge);
  append(buffer_, bytes);
  written_ += bytes.size();
  return {};
}

std::optional<SendStream::Piece> SendStream::next(std::size_t size_max) const {
  Range due{unsent_, std::min(written_, granted_)};
  if (!lost_.empty()) due = lost_.lowest();
  if (due.begin >= due.end || size_max == 0) return std::nullopt;
  const std::uint64_t start = acknowledged_ - sent_before_;
  const std::size_t size = std::min(size_max, static_cast<std::size_t>(due.size()));
  return Piece{due.begin, ByteView(buffer_).subspan(static_cast<std::size_t>(due.begin - start), size)};
}

void SendStream::on_sent(Range range) {
  lost_.subtract(range);
  unsent_ = std::max(unsent_, range.end);
}

void SendStream::on_acknowledged(Range range) {
  lost_.subtract(range);
  acknowledged_islands_.add(range);
  if (acknowledged_islands_.empty() || acknowledged_islands_.lowest().begin > acknowledged_) return;
  const std::uint64_t reached = acknowledged_islands_.lowest().end;
  if (reached <= acknowledged_) return;
  sent_before_ += static_cast<std::size_t>(reached - acknowledged_);
  acknowledged_ = reached;
  release();
}

void SendStream::on_lost(Range range) {
  // What was acknowledged through another packet is not lost.
  Ranges missing;
  missing.add(range);
  missing.drop_below(acknowledged_);
  for (const Range& known : acknowledged_islands_.all()) missing.subtract(known);
  for (const Range& one : missing.all()) lost_.add(one);
}

std::optional<std::uint64_t> SendStream::final_offset() const {
  if (!ended_ || unsent_ < written_ || !lost_.empty()) return std::nullopt;
  return written_;
}

void SendStream::rest() {
  if (buffer_.empty()) buffer_ = Bytes();
  lost_.rest();
  acknowledged_islands_.rest();
}

/// Gives memory back, in steps that keep the copying linear.
void SendStream::release() {
  if (sent_before_ == buffer_.size()) {
    buffer_.clear();
    if (buffer_.capacity() > 2 * kDatagramBytesMax) buffer_.shrink_to_fit();
  } else if (sent_before_ > buffer_.size() / 2) {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(sent_before_));
  } else {
    return;
  }
  sent_before_ = 0;
}

}  // namespace taut::datagram
