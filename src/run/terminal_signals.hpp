#pragma once
// What a terminal tells by signals, as calls on a loop's thread.

#include <memory>

#include "carrier/loop.hpp"

namespace taut::run {

/// As long as it lives: SIGWINCH (another size), and SIGCONT (in the foreground again).
class TerminalSignals {
 public:
  TerminalSignals(carrier::Loop& loop, carrier::Loop::Task on_change);
  TerminalSignals(const TerminalSignals&) = delete;
  TerminalSignals& operator=(const TerminalSignals&) = delete;
  ~TerminalSignals();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace taut::run
