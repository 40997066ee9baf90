#pragma once
// The faults that are under way.

#include <algorithm>

#include "sim/plan.hpp"

namespace taut::sim {

class Weather {
 public:
  void begin(const Fault& fault) { now_.push_back(&fault); }
  void end(const Fault& fault) { std::erase(now_, &fault); }

  unsigned rate(FaultKind kind) const {
    unsigned highest = 0;
    for (const Fault* fault : now_)
      if (fault->kind == kind) highest = std::max(highest, fault->rate);
    return highest;
  }
  std::chrono::milliseconds delay_max() const { return most(FaultKind::delay, std::nullopt); }
  std::chrono::milliseconds disk_delay_max(MachineId machine) const {
    return most(FaultKind::slow_disk, machine);
  }
  bool is_at(FaultKind kind, MachineId machine) const {
    return std::ranges::any_of(
        now_, [&](const Fault* fault) { return fault->kind == kind && fault->machine == machine; });
  }
  /// Nothing gets from one to the other.
  bool is_cut(MachineId from, MachineId to) const {
    return std::ranges::any_of(now_, [&](const Fault* fault) {
      if (fault->kind != FaultKind::partition) return false;
      const bool is_one_way = fault->rate == 1;
      return (fault->machine == from && fault->other == to) ||
             (!is_one_way && fault->machine == to && fault->other == from);
    });
  }

 private:
  std::chrono::milliseconds most(FaultKind kind, std::optional<MachineId> machine) const {
    std::int64_t highest = 0;
    for (const Fault* fault : now_)
      if (fault->kind == kind && (!machine || fault->machine == *machine))
        highest = std::max(highest, fault->amount);
    return std::chrono::milliseconds(highest);
  }

  std::vector<const Fault*> now_;
};

}  // namespace taut::sim
