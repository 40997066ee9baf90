#pragma once
// The loop of one thread: carriers wait on it, timers fire on it, other threads post to it.

#include <functional>
#include <memory>
#include <optional>

#include "base/time.hpp"

namespace taut::carrier {

class Loop {
 public:
  using Task = std::function<void()>;

  Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop();

  /// Runs what comes, until stop().
  void run();
  /// Runs on until no carrier and no timer waits, at most `limit`; for the last bytes of a process.
  void drain(Duration limit);
  void stop();           ///< from any thread
  void post(Task task);  ///< from any thread; runs later, on the loop's thread

  /// The monotonic clock.
  static Instant now();

  struct State;
  State& state() { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

/// Calls `due` once after it was armed; arming again moves it. Lives on the loop's thread.
class Timer {
 public:
  Timer(Loop& loop, Loop::Task due);
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  ~Timer();

  /// nullopt: not at all. A time that has passed: at the loop's next turn.
  void arm(std::optional<Instant> at);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace taut::carrier
