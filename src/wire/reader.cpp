#include "wire/reader.hpp"

namespace taut::wire {

template <std::unsigned_integral T>
Result<T> Reader::integer() {
  TAUT_TRY(const ByteView bytes, take(sizeof(T)));
  std::uint64_t value = 0;
  for (const Byte byte : bytes) value = value << 8 | byte;
  return static_cast<T>(value);
}

Result<std::uint8_t> Reader::u8() { return integer<std::uint8_t>(); }
Result<std::uint16_t> Reader::u16() { return integer<std::uint16_t>(); }
Result<std::uint32_t> Reader::u32() { return integer<std::uint32_t>(); }
Result<std::uint64_t> Reader::u64() { return integer<std::uint64_t>(); }

Result<ByteView> Reader::take(std::size_t size) {
  if (size > rest_.size()) return malformed();
  const ByteView taken = rest_.first(size);
  rest_ = rest_.subspan(size);
  return taken;
}

// RFC 9420 §2.1.2: the two top bits of the first byte say that 1, 2 or 4 bytes hold the length.
Result<std::size_t> Reader::vector_size() {
  if (rest_.empty()) return malformed();
  const unsigned prefix = rest_[0] >> 6;
  if (prefix == 3) return malformed();
  TAUT_TRY(const ByteView bytes, take(std::size_t{1} << prefix));
  std::size_t size = bytes[0] & 0x3f;
  for (const Byte byte : bytes.subspan(1)) size = size << 8 | byte;
  const std::size_t least = prefix == 0 ? 0 : prefix == 1 ? 1U << 6 : 1U << 14;
  if (size < least) return malformed();
  return size;
}

Result<ByteView> Reader::vector(std::size_t size_max) {
  TAUT_TRY(const std::size_t size, vector_size());
  if (size > size_max) return fail(Errc::malformed, reasons::kTooLarge);
  return take(size);
}

Result<Reader> Reader::nested(std::size_t size_max) {
  TAUT_TRY(const ByteView bytes, vector(size_max));
  return Reader(bytes);
}

Result<bool> Reader::present() {
  TAUT_TRY(const std::uint8_t flag, u8());
  if (flag > 1) return malformed();
  return flag == 1;
}

Status Reader::finish() const {
  if (!rest_.empty()) return malformed();
  return {};
}

}  // namespace taut::wire
