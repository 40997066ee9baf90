#include "dispatcher/moment.hpp"

namespace taut::dispatcher {

WallTime CarefulWall::believe(const Moment& at) {
  using std::chrono::duration_cast, std::chrono::milliseconds;
  if (!base_) {
    settle(at);
    return at.wall;
  }
  const WallTime expected = base_->wall + duration_cast<milliseconds>(at.now - base_->now);
  const auto drift = duration_cast<milliseconds>(jump_max_);
  const bool plausible = at.wall <= expected + drift && expected <= at.wall + drift;
  if (plausible || (suspect_since_ && at.now - *suspect_since_ >= hold_)) {
    settle(at);
    return at.wall;
  }
  if (!suspect_since_) suspect_since_ = at.now;
  return expected;
}

}  // namespace taut::dispatcher
