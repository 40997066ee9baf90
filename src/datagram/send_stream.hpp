#pragma once
// The sending half of a stream over datagrams: bytes in, pieces out, again and again until they are
// acknowledged.

#include <deque>
#include <optional>

#include "base/result.hpp"
#include "datagram/limits.hpp"
#include "datagram/ranges.hpp"

namespace taut::datagram {

class SendStream {
 public:
  /// A piece to put into a packet. The bytes are valid until the next call that is not const.
  struct Piece {
    std::uint64_t offset = 0;
    ByteView bytes;
  };

  /// How many more bytes `write` takes now.
  std::size_t room() const { return kStreamWindowBytes - buffer_.size() + sent_before_; }
  /// @errors exhausted: more than room(); misuse: after end()
  Status write(ByteView bytes);
  /// Nothing follows.
  void end() { ended_ = true; }

  /// The next piece that is due, lost ones first, at most `size_max` bytes.
  std::optional<Piece> next(std::size_t size_max) const;
  /// The piece that `next` gave was put into a packet.
  void on_sent(Range range);
  void on_acknowledged(Range range);
  void on_lost(Range range);
  /// The peer's window now ends at `offset`; it never shrinks.
  void grant(std::uint64_t offset) { granted_ = std::max(granted_, offset); }

  bool has_due() const { return next(1).has_value(); }
  /// The offset at which the stream ends, once everything before it was acknowledged or sent.
  std::optional<std::uint64_t> final_offset() const;
  bool all_acknowledged() const { return acknowledged_ == written_; }
  std::uint64_t written() const { return written_; }
  /// Frees memory that nothing waits in.
  void rest();

 private:
  void release();

  Bytes buffer_;                    // from offset acknowledged_ - sent_before_
  std::size_t sent_before_ = 0;     // acknowledged bytes that still lie at the buffer's front
  std::uint64_t acknowledged_ = 0;  // everything below is acknowledged
  std::uint64_t written_ = 0;
  std::uint64_t unsent_ = 0;  // everything from here on was never sent
  std::uint64_t granted_ = kStreamWindowBytes;
  Ranges lost_;  // to be sent again
  Ranges acknowledged_islands_;
  bool ended_ = false;
};

}  // namespace taut::datagram
