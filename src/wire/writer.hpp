#pragma once
// Writes the TLS presentation language with the variable-length vectors of MLS (RFC 9420 §2.1.2),
// appending to a buffer that the caller owns and may reuse.

#include <concepts>
#include <utility>

#include "base/bytes.hpp"

namespace taut::wire {

class Writer {
 public:
  explicit Writer(Bytes& out) : out_(out) {}

  Writer& u8(std::uint8_t value) { return integer(value); }
  Writer& u16(std::uint16_t value) { return integer(value); }
  Writer& u32(std::uint32_t value) { return integer(value); }
  Writer& u64(std::uint64_t value) { return integer(value); }

  /// The bytes alone, for fields of fixed size.
  Writer& raw(ByteView bytes);
  /// `opaque x<V>`.
  /// @pre bytes.size() <= kVectorBytesMax
  Writer& vector(ByteView bytes);
  /// `T x<V>`: whatever `body(Writer&)` writes, behind its length.
  template <class Body>
  Writer& nested(Body body) {
    const std::size_t start = out_.size();
    body(*this);
    insert_vector_size(start);
    return *this;
  }
  /// `T x<V>`, each element written by `element(Writer&, const T&)`.
  template <class Range, class Write>
  Writer& list(const Range& range, Write element) {
    return nested([&](Writer& inner) {
      for (const auto& one : range) element(inner, one);
    });
  }
  Writer& vector_size(std::size_t size);
  /// The presence byte of `optional<T>`.
  Writer& present(bool is_present) { return u8(is_present ? 1 : 0); }  // NOLINT: the wire's own boolean

 private:
  template <std::unsigned_integral T>
  Writer& integer(T value) {
    std::array<Byte, sizeof(T)> bytes;
    for (std::size_t i = sizeof(T); i-- > 0;) {
      bytes[i] = static_cast<Byte>(value);
      value = static_cast<T>(std::uint64_t{value} >> 8);
    }
    return raw(bytes);
  }
  void insert_vector_size(std::size_t start);

  Bytes& out_;
};

/// `written([&](Writer& w) { … })`: the bytes that a function writes.
template <class Body>
Bytes written(Body body) {
  Bytes out;
  Writer writer(out);
  body(writer);
  return out;
}

}  // namespace taut::wire
