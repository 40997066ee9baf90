#pragma once
// Damage in a write-ahead log. SQLite ends its recovery at the first frame whose checksum does not hold,
// which is right for a write that a crash cut off, and silently loses every later transaction when a bit
// has flipped. A crash cuts the last transaction only; so where a whole transaction follows the bad
// frame, it was damage.

#include <filesystem>

#include "base/result.hpp"

namespace taut::store {

enum class LogState : std::uint8_t { sound, damaged };

/// Reads the log of a database; other processes may be writing to it. An absent one is sound.
/// @spec SQLite file format §4.1, §4.2
LogState check_log(const std::filesystem::path& log);

}  // namespace taut::store
