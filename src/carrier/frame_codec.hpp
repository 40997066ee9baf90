#pragma once
// Frames on a stream of bytes, for what carries bytes: a 32-bit length, then the frame.
//
//   struct { uint32 size; opaque frame[size]; }

#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace taut::carrier {

/// @errors misuse: an empty frame, or one of 4 GiB
Result<Bytes> sized_frame(ByteView frame);

class FrameDecoder {
 public:
  explicit FrameDecoder(std::size_t frame_bytes_max) : frame_bytes_max_(frame_bytes_max) {}

  /// Bytes cut anywhere; appends the frames that they finish to `finished`.
  /// @errors malformed: a size of 0; exhausted: too_large. Nobody knows then where the next frame begins: the
  /// stream
  ///         is of no use any more, and every later call says so too.
  Status take(ByteView bytes, std::vector<Bytes>& finished);
  bool is_between_frames() const { return head_.empty() && frame_.empty() && !failure_; }

 private:
  Status begin_frame();

  std::size_t frame_bytes_max_;
  Bytes head_;              ///< what came of a size
  std::size_t wanted_ = 0;  ///< of the frame
  Bytes frame_;             ///< grows with what comes, not with what was announced
  std::optional<Error> failure_;
};

}  // namespace taut::carrier
