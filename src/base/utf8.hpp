#pragma once
// UTF-8 from outside.

#include <optional>

#include "base/bytes.hpp"

namespace taut {

/// Well-formed UTF-8: shortest forms, no surrogates, at most U+10FFFF (Unicode 15 §3.9, table 3-7).
bool is_utf8(ByteView bytes);

/// Fit to be shown in a line among trusted text: well-formed, without control characters (C0, DEL, C1),
/// line and paragraph separators, and the marks that turn the direction of text around.
bool is_utf8_line(ByteView bytes);

/// The first code point, which is taken off `rest`; nullopt when `rest` does not begin with one.
/// @pre rest is not empty
std::optional<char32_t> take_code_point(ByteView& rest);

}  // namespace taut
