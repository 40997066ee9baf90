#pragma once
// What sending and reading costs those who do it: `taut send` and `taut recv`, the whole processes.

#include <string>

#include "dispatcher/figures.hpp"

namespace taut::bench {

struct HonestFigures {
  double sender_cpu_us = 0;  ///< a message: sealing, outbox, link
  double reader_cpu_us = 0;  ///< a message: link, opening, own store, printing
};

/// @param command  the binary `taut`
HonestFigures run_honest(const std::string& command, const Load& load);

}  // namespace taut::bench
