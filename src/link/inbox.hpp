#pragma once
// Bytes of a stream as they come in, cut into blocks: struct { opaque block[uint16 size]; }, size not 0.

#include <optional>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace taut::link {

class Inbox {
 public:
  /// What take_block() gave before is gone then.
  void append(ByteView bytes);

  ByteView rest() const { return ByteView(bytes_).subspan(start_); }
  void consume(std::size_t size) { start_ += size; }

  /// The next whole block, to be opened in place; none: more bytes are needed.
  /// @errors malformed: size 0; (too_large): a size over the limit, before its bytes have come
  Result<std::optional<MutableByteView>> take_block(std::size_t size_max);

  /// Frees memory that nothing waits in.
  void rest_memory();

 private:
  Bytes bytes_;
  std::size_t start_ = 0;
};

/// Puts `message` behind its size.
/// @pre 1..65,535 bytes
void append_block(Bytes& out, ByteView message);

}  // namespace taut::link
