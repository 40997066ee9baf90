#pragma once
// The command `taut`, as a function: main() and tests call it.

#include <span>
#include <string>

namespace taut::cli {

/// @param words  without the program's own name
/// @return       the exit code
int run_command(std::span<const std::string> words);

}  // namespace taut::cli
