#pragma once
// The terminal at standard input, given back as it was however the process ends: by a return, an error, or
// a signal that crashes it. (Nothing helps against SIGKILL: `stty sane`.)

#include <cstddef>

namespace taut::cli {

class TerminalGuard {
 public:
  /// @pre standard input is a terminal; one guard at a time
  TerminalGuard();
  TerminalGuard(const TerminalGuard&) = delete;
  TerminalGuard& operator=(const TerminalGuard&) = delete;
  ~TerminalGuard();
};

struct TerminalSize {
  std::size_t columns = 80;
  std::size_t rows = 24;
};
TerminalSize terminal_size();
/// It gives whole lines, not keys.
bool is_cooked();

/// Whether lines can be edited and rewritten here: terminals at both ends, which move their cursor.
bool has_terminal();

}  // namespace taut::cli
