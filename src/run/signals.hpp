#pragma once
// SIGINT, SIGTERM and SIGHUP, as calls on a loop's thread.

#include <memory>

#include "carrier/loop.hpp"

namespace taut::run {

/// As long as it lives. SIGPIPE is ignored from then on: a broken pipe is an error of write(2).
class Signals {
 public:
  /// @param on_reload  on SIGHUP; empty: that ends the process, as it always does
  Signals(carrier::Loop& loop, carrier::Loop::Task on_interrupt, carrier::Loop::Task on_reload = {});
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  ~Signals();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace taut::run
