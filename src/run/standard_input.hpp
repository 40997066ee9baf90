#pragma once
// Standard input for a loop: read on a thread of its own, so that a pipe that stays silent holds nothing
// else up. (Waiting for it on the loop would make it non-blocking, also for who shares the terminal.)

#include <functional>
#include <semaphore>
#include <thread>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "carrier/loop.hpp"

namespace taut::run {

class StandardInput {
 public:
  /// Some bytes; none: the end.
  /// @errors unavailable (unreadable)
  using Take = std::function<void(Result<Bytes>)>;

  StandardInput(carrier::Loop& loop, Take take);
  StandardInput(const StandardInput&) = delete;
  StandardInput& operator=(const StandardInput&) = delete;
  ~StandardInput();

  /// Asks for one piece, on which `take` is called once, on the loop's thread.
  void read();

 private:
  void serve();

  Take take_;
  carrier::Posts posts_;
  int stop_;  ///< an eventfd that ends a wait for input
  std::counting_semaphore<> wanted_{0};
  std::thread thread_;
};

}  // namespace taut::run
