#include "wire/writer.hpp"

#include <cassert>

#include "wire/reader.hpp"

namespace taut::wire {

Writer& Writer::raw(ByteView bytes) {
  append(out_, bytes);
  return *this;
}

Writer& Writer::vector(ByteView bytes) {
  vector_size(bytes.size());
  return raw(bytes);
}

Writer& Writer::vector_size(std::size_t size) {
  assert(size <= kVectorBytesMax);
  if (size < 1U << 6) return u8(static_cast<std::uint8_t>(size));
  if (size < 1U << 14) return u16(static_cast<std::uint16_t>(1U << 14 | size));
  return u32(static_cast<std::uint32_t>(1U << 31 | size));
}

void Writer::insert_vector_size(std::size_t start) {
  // The commonest vector is empty, as most extensions are: nothing has to move.
  if (start == out_.size()) return static_cast<void>(u8(0));
  Bytes header;
  Writer(header).vector_size(out_.size() - start);
  out_.insert(out_.begin() + static_cast<std::ptrdiff_t>(start), header.begin(), header.end());
}

}  // namespace taut::wire
