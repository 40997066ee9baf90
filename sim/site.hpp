#pragma once
// Where a process runs: its clocks, its wires, its randomness.

#include "base/random.hpp"
#include "sim/network.hpp"
#include "support/seeded_random.hpp"

namespace taut::sim {

inline constexpr WallTime kBeginning{1'800'000'000'000};

struct Site {
  MachineId id = 0;
  Schedule& schedule;
  Network& network;
  Chronicle& chronicle;
  test::SeededRandom random;
  std::chrono::seconds clock_error{0};

  Instant now() const { return schedule.now(); }
  WallTime wall() const {
    const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(schedule.now().since_start);
    return kBeginning + passed + clock_error;
  }
};

/// What lives until a crash. Its calls to itself end with it.
class Process {
 public:
  explicit Process(Site& site) : site_(site) {}
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  virtual ~Process() = default;

  Site& site() const { return site_; }
  void post(Schedule::Action action) { after(Duration{}, std::move(action)); }
  void after(Duration delay, Schedule::Action action) {
    site_.schedule.after(delay, [alive = std::weak_ptr(alive_), action = std::move(action)] {
      const auto life = alive.lock();
      if (life && *life) action();
    });
  }
  /// It does nothing any more; it is taken away when its calls have returned.
  void die() { *alive_ = false; }
  bool is_dead() const { return !*alive_; }

 private:
  Site& site_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace taut::sim
