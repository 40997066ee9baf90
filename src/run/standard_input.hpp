#pragma once
// Standard input for a loop.

#include <unistd.h>

#include "carrier/pipe_ends.hpp"

namespace taut::run {

class StandardInput : public carrier::PipeReader {
 public:
  StandardInput(carrier::Loop& loop, Take take) : PipeReader(loop, STDIN_FILENO, std::move(take)) {}
};

}  // namespace taut::run
