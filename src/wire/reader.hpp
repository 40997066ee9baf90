#pragma once
// Reads the TLS presentation language (RFC 8446 §3) with the variable-length vectors of MLS
// (RFC 9420 §2.1.2). Nothing is allocated; views point into the input.

#include <concepts>
#include <optional>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace taut::wire {

/// Longest vector a header can announce: 30 bits (RFC 9420 §2.1.2).
inline constexpr std::size_t kVectorBytesMax = (std::size_t{1} << 30) - 1;

class Reader {
 public:
  explicit Reader(ByteView in) : rest_(in) {}

  Result<std::uint8_t> u8();
  Result<std::uint16_t> u16();
  Result<std::uint32_t> u32();
  Result<std::uint64_t> u64();

  /// Exactly `size` bytes.
  Result<ByteView> take(std::size_t size);
  template <class Value>
    requires requires { Value::size_bytes; }
  Result<Value> value() {
    TAUT_TRY(const ByteView bytes, take(Value::size_bytes));
    return Value(bytes.template first<Value::size_bytes>());
  }

  /// The length in front of a vector. Minimal encodings only (RFC 9420 §2.1.2).
  Result<std::size_t> vector_size();
  /// `opaque x<V>`: a length, then as many bytes.
  /// @errors malformed: cut or not minimal; too_large: over `size_max`
  Result<ByteView> vector(std::size_t size_max = kVectorBytesMax);
  /// `T x<V>`: a reader over exactly the vector's bytes; the caller finishes it.
  Result<Reader> nested(std::size_t size_max = kVectorBytesMax);

  /// `T x<V>`, each element read by `element(Reader&) -> Result<T>`; at most `count_max` of them.
  template <class Read>
  auto list(Read element, std::size_t count_max = kVectorBytesMax)
      -> Result<std::vector<typename std::invoke_result_t<Read, Reader&>::value_type>> {
    TAUT_TRY(Reader inner, nested());
    std::vector<typename std::invoke_result_t<Read, Reader&>::value_type> out;
    while (!inner.empty()) {
      if (out.size() == count_max) return fail(Errc::malformed, reasons::kTooLarge);
      TAUT_TRY(auto one, element(inner));
      out.push_back(std::move(one));
    }
    return out;
  }

  /// `optional<T>`: a presence byte, which is 0 or 1 (RFC 9420 §2.1.1). True: the value follows.
  Result<bool> present();

  bool empty() const { return rest_.empty(); }
  /// What has not been read yet.
  ByteView rest() const { return rest_; }
  /// Trailing bytes are an error.
  Status finish() const;

 private:
  template <std::unsigned_integral T>
  Result<T> integer();

  ByteView rest_;
};

}  // namespace taut::wire
