#include "link/inbox.hpp"

#include "wire/reader.hpp"
#include "wire/writer.hpp"

namespace taut::link {

void Inbox::append(ByteView bytes) {
  bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(start_));
  start_ = 0;
  taut::append(bytes_, bytes);
}

Result<std::optional<MutableByteView>> Inbox::take_block(std::size_t size_max) {
  wire::Reader reader(rest());
  const Result<std::uint16_t> size = reader.u16();
  if (!size) return std::nullopt;
  if (*size == 0) return malformed();
  if (*size > size_max) return fail(Errc::malformed, reasons::kTooLarge);
  if (!reader.take(*size)) return std::nullopt;
  const MutableByteView block = MutableByteView(bytes_).subspan(start_ + 2, *size);
  consume(std::size_t{2} + *size);
  return block;
}

void Inbox::rest_memory() {
  if (rest().empty()) bytes_ = {};
  start_ = std::min(start_, bytes_.size());
}

void append_block(Bytes& out, ByteView message) {
  wire::Writer(out).u16(static_cast<std::uint16_t>(message.size())).raw(message);
}

}  // namespace taut::link
