#include "link/frame_queue.hpp"

#include "wire/reader.hpp"
#include "wire/writer.hpp"

namespace taut::link {

Status FrameQueue::push(ByteView frame) {
  if (frame.empty()) return fail(Errc::misuse, reasons::kBadFrame);
  if (frame.size() > kFrameBytesMax) return fail(Errc::misuse, reasons::kTooLarge);
  if (size() + frame.size() > bytes_max_) return fail(Errc::exhausted, reasons::kQueueFull);
  make_room();
  wire::Writer(bytes_).vector(frame);
  return {};
}

MutableByteView FrameQueue::front(std::size_t size_max) {
  const ByteView waiting = ByteView(bytes_).subspan(start_);
  wire::Reader reader(waiting);
  std::size_t fitting = 0;
  while (!reader.empty() && reader.vector()) {
    const std::size_t up_to_here = waiting.size() - reader.rest().size();
    if (1 + up_to_here > size_max) break;
    fitting = up_to_here;
  }
  return MutableByteView(bytes_).subspan(start_ - 1, 1 + fitting);
}

// What has left is dropped when it is at least as much as what waits: every byte is moved once at most
// for each byte that leaves.
void FrameQueue::make_room() {
  if (start_ - 1 < size()) return;
  bytes_.erase(bytes_.begin() + 1, bytes_.begin() + static_cast<std::ptrdiff_t>(start_));
  start_ = 1;
}

void FrameQueue::rest() {
  if (!empty()) return;
  bytes_ = Bytes(1);
  start_ = 1;
}

}  // namespace taut::link
