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

/// Posts what may only run as long as its owner lives, on whose thread the loop is.
class Posts {
 public:
  explicit Posts(Loop& loop) : loop_(loop), alive_(std::make_shared<bool>(true)) {}
  Posts(const Posts&) = delete;
  Posts& operator=(const Posts&) = delete;
  ~Posts() { *alive_ = false; }

  void post(Loop::Task task) {
    loop_.post([alive = alive_, task = std::move(task)] {
      if (*alive) task();
    });
  }

 private:
  Loop& loop_;
  std::shared_ptr<bool> alive_;
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
  /// Leaves an earlier time as it is: for deadlines that move on with every byte, where waking too early
  /// costs less than moving the timer each time.
  void arm_by(std::optional<Instant> at);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace taut::carrier
