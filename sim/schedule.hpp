#pragma once
// Virtual time: what is due next happens next, what is due at the same time in the order in which it was
// asked for.

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/time.hpp"

namespace taut::sim {

using namespace std::chrono_literals;

class Schedule {
 public:
  using Action = std::function<void()>;

  Instant now() const { return now_; }
  /// @param when  the past means now
  void at(Instant when, Action action);
  void after(Duration delay, Action action) { at(now_ + delay, std::move(action)); }

  /// Does what is due next.
  /// @return  false: nothing is due until then; the time is `until` now
  bool step(Instant until);
  /// Since time moved last: a world that never lets it move again is broken.
  std::uint64_t steps_at_this_instant() const { return steps_at_this_instant_; }
  std::uint64_t steps() const { return steps_; }

 private:
  struct Entry {
    Instant when;
    std::uint64_t number;
    Action action;
  };
  static bool is_later(const Entry& a, const Entry& b);

  Instant now_{std::chrono::hours(1)};
  std::vector<Entry> heap_;
  std::uint64_t last_number_ = 0;
  std::uint64_t steps_ = 0;
  std::uint64_t steps_at_this_instant_ = 0;
};

/// One timer that its owner sets anew after everything it did.
class Alarm {
 public:
  Alarm(Schedule& schedule, Schedule::Action fire) : schedule_(schedule), fire_(std::move(fire)) {}
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

  void arm(std::optional<Instant> at);

 private:
  Schedule& schedule_;
  Schedule::Action fire_;
  std::optional<Instant> armed_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace taut::sim
