#pragma once
// SIGINT and SIGTERM, as calls on a loop's thread.

#include <memory>

#include "carrier/loop.hpp"

namespace taut::run {

/// As long as it lives. SIGPIPE is ignored from then on: a broken pipe is an error of write(2).
class Signals {
 public:
  Signals(carrier::Loop& loop, carrier::Loop::Task on_interrupt);
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  ~Signals();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace taut::run
