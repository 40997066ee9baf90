#pragma once
// How values look in what the command prints.

#include <string>

#include "base/bytes.hpp"
#include "base/time.hpp"

namespace taut::cli {

/// 2026-01-31T12:00:00.000Z (RFC 3339).
std::string iso_time(WallTime at);

/// A stranger's text, fit for a terminal: control characters and marks that turn the direction of text
/// around become replacement characters, and what follows a line end is indented, so that no text looks
/// like somebody else's message.
/// @pre text is UTF-8
std::string shown(std::string_view text);

/// Any bytes, on one line: as shown(), and line ends and what is not UTF-8 become replacement characters too.
std::string shown_on_one_line(std::string_view bytes);

/// How many bytes a character of UTF-8 has that begins with this one.
std::size_t character_size(char first);

/// "1 message", "2 messages".
std::string counted(std::uint64_t count, const std::string& noun);

}  // namespace taut::cli
