#pragma once
// Time, as it comes in with each event.

#include <chrono>
#include <optional>

#include "base/time.hpp"

namespace taut::dispatcher {

/// Both clocks, read by the caller once for each event.
struct Moment {
  Instant now;
  WallTime wall;
};

/// A wall clock that is set years ahead by mistake would expire every message; one that is set back, every
/// message that is stored until it is right again. A jump that the monotonic clock did not see is believed
/// only when it has lasted for a while.
class CarefulWall {
 public:
  CarefulWall(Duration jump_max, Duration hold) : jump_max_(jump_max), hold_(hold) {}

  /// The wall time to go by.
  WallTime believe(const Moment& at);

 private:
  void settle(const Moment& at) {
    base_ = at;
    suspect_since_.reset();
  }

  Duration jump_max_;
  Duration hold_;
  std::optional<Moment> base_;  ///< the last moment that was believed
  std::optional<Instant> suspect_since_;
};

}  // namespace taut::dispatcher
