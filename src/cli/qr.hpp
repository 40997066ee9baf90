#pragma once
// Text as a QR code that a terminal can show.

#include <optional>
#include <string>

namespace taut::cli {

/// Half-block characters, dark on light, with the quiet zone of ISO/IEC 18004 §6.3.8.
/// nullopt: too long for a code, or wider than `columns`.
std::optional<std::string> qr_code(const std::string& text, std::size_t columns);

}  // namespace taut::cli
