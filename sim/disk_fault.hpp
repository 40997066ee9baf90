#pragma once
// When a machine's storage fails: counted in its operations, so that every one of them can be hit.

#include <deque>

#include "sim/chronicle.hpp"
#include "sim/weather.hpp"

namespace taut::sim {

enum class OperationFate : std::uint8_t {
  succeeds,
  full,         ///< refused, nothing has changed
  sync_fails,   ///< whether it is on the disk is not known
  dies_before,  ///< the process, and nothing has happened
  dies_after,   ///< it has happened, and nobody heard of it
};

class DiskFaults {
 public:
  DiskFaults(MachineId machine, const Weather& weather, Chronicle& chronicle)
      : machine_(machine), weather_(weather), chronicle_(chronicle) {}

  /// The `count`-th operation from now on meets this.
  void plant(OperationFate fate, unsigned count) { planted_.push_back({operations_ + count, fate}); }
  /// One operation begins.
  OperationFate next();
  void forget_plants() { planted_.clear(); }
  std::uint64_t operations() const { return operations_; }

 private:
  struct Planted {
    std::uint64_t at;
    OperationFate fate;
  };
  MachineId machine_;
  const Weather& weather_;
  Chronicle& chronicle_;
  std::vector<Planted> planted_;
  std::uint64_t operations_ = 0;
};

}  // namespace taut::sim
