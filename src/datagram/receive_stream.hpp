#pragma once
// The receiving half of a stream over datagrams: pieces in any order in, bytes in order out.

#include <optional>

#include "base/result.hpp"
#include "datagram/limits.hpp"
#include "datagram/ranges.hpp"

namespace taut::datagram {

class ReceiveStream {
 public:
  /// One piece. Pieces may overlap and repeat.
  /// @errors violation (too_large): beyond the window that was granted; violation (bad_frame): beyond
  ///         the end; exhausted: one more hole than kStreamIslandsMax, the piece was not kept
  Status receive(std::uint64_t offset, ByteView bytes);
  /// The stream ends at `offset`.
  /// @errors violation (bad_frame): it ended elsewhere, or bytes beyond it came
  Status end_at(std::uint64_t offset);

  /// Bytes in order that were not taken yet; valid until the next call.
  ByteView ready() const;
  /// Takes `size` of the ready bytes; room for as many more opens.
  /// @pre size <= ready().size()
  void take(std::size_t size);

  /// Everything up to the end was taken.
  bool finished() const { return end_ == taken_; }
  std::uint64_t taken() const { return taken_; }
  /// How far the end is from what was taken; none: not known yet.
  std::optional<std::uint64_t> bytes_to_end() const {
    return end_ ? std::optional(*end_ - taken_) : std::nullopt;
  }
  /// The highest offset (exclusive) that the peer may send to now.
  std::uint64_t window_end() const { return taken_ + kStreamWindowBytes; }
  /// Frees memory that nothing waits in.
  void rest();

 private:
  std::uint64_t taken_ = 0;
  Bytes buffer_;          // from offset taken_ - dead_, with holes
  std::size_t dead_ = 0;  // taken bytes that still lie at the buffer's front
  Ranges received_;       // at or above taken_
  std::optional<std::uint64_t> end_;
};

}  // namespace taut::datagram
