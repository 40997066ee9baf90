#include "datagram/receive_stream.hpp"

#include <cassert>

namespace taut::datagram {

Status ReceiveStream::receive(std::uint64_t offset, ByteView bytes) {
  const std::uint64_t end = offset + bytes.size();
  if (end < offset || end > window_end()) return fail(Errc::violation, reasons::kTooLarge);
  if (end_ && end > *end_) return fail(Errc::violation, reasons::kBadFrame);
  if (end <= taken_) return {};
  if (offset < taken_) {
    bytes = bytes.subspan(static_cast<std::size_t>(taken_ - offset));
    offset = taken_;
  }
  const bool fills_the_first_hole = offset <= taken_ + ready().size();
  if (received_.count() >= kStreamIslandsMax && !fills_the_first_hole) {
    return fail(Errc::exhausted, reasons::kTooLarge);
  }
  const std::size_t at = static_cast<std::size_t>(offset - taken_) + dead_;
  if (buffer_.size() < at + bytes.size()) buffer_.resize(at + bytes.size());
  std::ranges::copy(bytes, buffer_.begin() + static_cast<std::ptrdiff_t>(at));
  received_.add({offset, end});
  return {};
}

Status ReceiveStream::end_at(std::uint64_t offset) {
  const std::uint64_t seen = received_.empty() ? taken_ : received_.highest().end;
  if ((end_ && *end_ != offset) || seen > offset) return fail(Errc::violation, reasons::kBadFrame);
  end_ = offset;
  return {};
}

void ReceiveStream::rest() {
  if (buffer_.empty()) buffer_ = Bytes();
  received_.rest();
}

ByteView ReceiveStream::ready() const {
  if (received_.empty() || received_.lowest().begin > taken_) return {};
  return ByteView(buffer_).subspan(dead_, static_cast<std::size_t>(received_.lowest().end - taken_));
}

void ReceiveStream::take(std::size_t size) {
  assert(size <= ready().size());
  taken_ += size;
  dead_ += size;
  received_.drop_below(taken_);
  if (dead_ == buffer_.size()) {
    // An idle link keeps no buffer.
    if (buffer_.capacity() > 2 * kDatagramBytesMax) buffer_ = Bytes();
    buffer_.clear();
  } else if (dead_ > buffer_.size() / 2) {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(dead_));
  } else {
    return;
  }
  dead_ = 0;
}

}  // namespace taut::datagram
