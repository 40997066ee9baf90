#pragma once
// The shape of everything that --json prints: one object a line, `"v":1` first.

#include <nlohmann/json.hpp>
#include <string>

#include "cli/text.hpp"

namespace taut::cli {

using Json = nlohmann::ordered_json;

inline constexpr int kJsonVersion = 1;

/// One line with its end. Bytes that are not UTF-8 become replacement characters: what must arrive
/// exactly goes as base64.
inline std::string line_of(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

inline Json time_or_null(WallTime at) { return at.unix_ms == 0 ? Json(nullptr) : Json(iso_time(at)); }

}  // namespace taut::cli
