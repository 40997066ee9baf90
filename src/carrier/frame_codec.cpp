#include "carrier/frame_codec.hpp"

#include <limits>

namespace taut::carrier {
namespace {

constexpr std::size_t kSizeBytes = 4;

/// Moves up to `count` bytes from the front of one to the end of the other.
void move_front(ByteView& from, Bytes& to, std::size_t count) {
  const ByteView front = from.first(std::min(count, from.size()));
  append(to, front);
  from = from.subspan(front.size());
}

}  // namespace

Result<Bytes> sized_frame(ByteView frame) {
  if (frame.empty() || frame.size() > std::numeric_limits<std::uint32_t>::max())
    return fail(Errc::misuse, reasons::kMisuse);
  Bytes out;
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<Byte>(frame.size() >> shift));
  append(out, frame);
  return out;
}

Status FrameDecoder::begin_frame() {
  wanted_ = 0;
  for (const Byte byte : head_) wanted_ = wanted_ << 8 | byte;
  if (wanted_ == 0) failure_ = Error{Errc::malformed, reasons::kBadFrame};
  if (wanted_ > frame_bytes_max_) failure_ = Error{Errc::exhausted, reasons::kTooLarge};
  if (failure_) return std::unexpected(*failure_);
  return {};
}

Status FrameDecoder::take(ByteView bytes, std::vector<Bytes>& finished) {
  if (failure_) return std::unexpected(*failure_);
  while (!bytes.empty()) {
    if (head_.size() < kSizeBytes) {
      move_front(bytes, head_, kSizeBytes - head_.size());
      if (head_.size() < kSizeBytes) return {};
      TAUT_CHECK(begin_frame());
    }
    move_front(bytes, frame_, wanted_ - frame_.size());
    if (frame_.size() < wanted_) return {};
    finished.push_back(std::exchange(frame_, {}));
    head_.clear();
  }
  return {};
}

}  // namespace taut::carrier
