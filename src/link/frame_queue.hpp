#pragma once
// Frames that wait to be sealed, laid out as a record wants them: a frame is copied once, into here, and
// sealed from here into the carrier's buffer.

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "link/limits.hpp"
#include "link/reasons.hpp"

namespace taut::link {

class FrameQueue {
 public:
  explicit FrameQueue(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  /// @errors misuse: not 1..kFrameBytesMax bytes; exhausted (queue_full)
  Status push(ByteView frame);

  bool empty() const { return start_ == bytes_.size(); }
  /// Bytes that wait, frames and their lengths.
  std::size_t size() const { return bytes_.size() - start_; }

  /// A free byte for the record's kind, then as many whole frames as fit into `size_max` with it; only
  /// the free byte if the first frame does not fit, or there is none.
  /// @pre size_max >= 1. Holds until the next push().
  MutableByteView front(std::size_t size_max);
  /// Drops what front() gave.
  void pop(std::size_t front_size) { start_ += front_size - 1; }

  /// Frees memory that nothing waits in.
  void rest();

 private:
  void make_room();

  std::size_t bytes_max_;
  /// The byte before start_ is always free: a frame that has left, or the first byte of all.
  Bytes bytes_ = Bytes(1);
  std::size_t start_ = 1;
};

}  // namespace taut::link
