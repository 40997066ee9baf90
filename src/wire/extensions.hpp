#pragma once
// How frames and cards grow without breaking old readers (docs/protocol.md, "Growing").
//
//   struct { uint16 type; opaque data<V>; } Extension;
//   Extension extensions<V>;    strictly ascending by type
//
// A reader keeps what it does not know (a signed structure must re-encode to the same bytes) and
// ignores it, unless the type's top bit is set: then it must understand it or refuse the whole.

#include "wire/reader.hpp"
#include "wire/writer.hpp"

namespace taut::wire {

inline constexpr std::uint16_t kCriticalBit = 0x8000;

struct Extension {
  std::uint16_t type = 0;
  Bytes data;
  friend bool operator==(const Extension&, const Extension&) = default;
};
using Extensions = std::vector<Extension>;

/// @param known  the types that the caller understands
/// @errors       malformed: order, duplicates; incompatible: a critical type that is not known
Result<Extensions> read_extensions(Reader& in, std::span<const std::uint16_t> known);
void write_extensions(Writer& out, const Extensions& extensions);
/// The data of one type, or nullptr.
const Bytes* find_extension(const Extensions& extensions, std::uint16_t type);

}  // namespace taut::wire
