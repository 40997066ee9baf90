#pragma once
// Every structure of the protocol has
//   static Result<T> read(wire::Reader& in);    strict: one encoding for one value
//   void write(wire::Writer& out) const;
// so that a structure that was read encodes to the bytes it came from.

#include "mls/types.hpp"
#include "wire/reader.hpp"
#include "wire/writer.hpp"

namespace taut::mls {

template <class T>
Bytes encoded(const T& value) {
  return wire::written([&](wire::Writer& out) { value.write(out); });
}

/// The whole of `bytes`; trailing bytes are an error.
template <class T>
Result<T> decoded(ByteView bytes) {
  wire::Reader in(bytes);
  TAUT_TRY(T value, T::read(in));
  TAUT_CHECK(in.finish());
  return value;
}

/// Most entries of any list of structures: one for each leaf of the largest tree. A structure in memory is
/// larger than its shortest encoding, and this bounds by how much.
inline constexpr std::size_t kListCountMax = kLeafCountMax;
/// Most entries of a list of registry numbers; they are searched one by one.
inline constexpr std::size_t kNumbersCountMax = 256;

/// `T x<V>` of structures.
template <class T>
Result<std::vector<T>> read_list(wire::Reader& in, std::size_t count_max = kListCountMax) {
  return in.list([](wire::Reader& inner) { return T::read(inner); }, count_max);
}
template <class T>
void write_list(wire::Writer& out, const std::vector<T>& list) {
  out.list(list, [](wire::Writer& inner, const T& one) { one.write(inner); });
}

/// `uint16 x<V>` of registry numbers.
template <class Enum>
Result<std::vector<Enum>> read_numbers(wire::Reader& in) {
  return in.list(
      [](wire::Reader& inner) -> Result<Enum> {
        TAUT_TRY(const std::uint16_t number, inner.u16());
        return static_cast<Enum>(number);
      },
      kNumbersCountMax);
}
template <class Enum>
void write_numbers(wire::Writer& out, const std::vector<Enum>& numbers) {
  out.list(numbers, [](wire::Writer& inner, Enum one) { inner.u16(static_cast<std::uint16_t>(one)); });
}

/// `opaque x<V>`, owned.
Result<Bytes> read_bytes(wire::Reader& in);
/// A hash, MAC or reference: at most crypto::kHashBytesMax bytes.
Result<crypto::Digest> read_digest(wire::Reader& in);
template <class Tagged>
Result<Tagged> read_opaque(wire::Reader& in) {
  TAUT_TRY(const ByteView bytes, in.vector());
  return Tagged(bytes);
}

}  // namespace taut::mls
