#pragma once
// Where a state file lies: another place than at the last time means that it was copied or restored
// (node/self.hpp).

#include <filesystem>

#include "base/bytes.hpp"

namespace taut::run {

/// Machine, device, inode and time of birth of the file; 0..kPlaceBytesMax bytes. Empty: no such file.
Bytes place_of(const std::filesystem::path& file);

}  // namespace taut::run
