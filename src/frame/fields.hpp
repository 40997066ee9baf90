#pragma once
// Fields that several frames share; for this room's sources only.

#include <optional>

#include "base/result.hpp"
#include "wire/extensions.hpp"

namespace taut::frame {

/// An enumeration of one byte with the values 0..last.
template <class Enum>
Result<Enum> read_enum(wire::Reader& in, Enum last) {
  TAUT_TRY(const std::uint8_t number, in.u8());
  if (number > static_cast<std::uint8_t>(last)) return malformed();
  return static_cast<Enum>(number);
}

template <class Enum>
void write_enum(wire::Writer& out, Enum value) {
  out.u8(static_cast<std::uint8_t>(value));
}

/// `opaque x<V>` of 1..size_max bytes.
inline Result<ByteView> read_filled(wire::Reader& in, std::size_t size_max) {
  TAUT_TRY(const ByteView bytes, in.vector(size_max));
  if (bytes.empty()) return malformed();
  return bytes;
}

/// `optional<opaque<V>>` of 1..size_max bytes.
inline Result<std::optional<ByteView>> read_optional(wire::Reader& in, std::size_t size_max) {
  TAUT_TRY(const bool is_there, in.present());
  if (!is_there) return std::nullopt;
  TAUT_TRY(const ByteView bytes, read_filled(in, size_max));
  return bytes;
}

inline void write_optional(wire::Writer& out, const std::optional<ByteView>& bytes) {
  out.present(bytes.has_value());
  if (bytes) out.vector(*bytes);
}

/// One encoding for one set.
template <class Value>
bool ascends(const std::vector<Value>& values) {
  return std::ranges::adjacent_find(values, std::greater_equal{}) == values.end();
}

/// None is known yet, so every critical one is refused.
inline Result<wire::Extensions> read_extensions(wire::Reader& in) { return wire::read_extensions(in, {}); }

}  // namespace taut::frame
