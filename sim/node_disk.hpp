#pragma once
// A node's state file: transactions that are on the disk, or never were. (Torn pages are the store's
// business, and tried on it: tests/unit/store/crash.)

#include "sim/disk_fault.hpp"
#include "support/memory_node_store.hpp"

namespace taut::sim {

/// Where every state file lies: none is copied or restored.
inline const Bytes kHere{1};

class NodeDisk final : public node::Store {
 public:
  using State = test::memory::State;
  /// Hears what was committed: before it, and after.
  using Committed = std::function<void(const State& before, const State& after)>;
  /// For planted bugs: what is lost or bent.
  using Bend = std::function<void(State&)>;

  NodeDisk(MachineId machine, const Weather& weather, Chronicle& chronicle, Dice& dice)
      : machine_(machine), chronicle_(chronicle), dice_(dice), faults_(machine, weather, chronicle) {}

  Status write(const Body& body) override;
  Status read(const Body& body) override;

  const State& state() const { return state_; }
  DiskFaults& faults() { return faults_; }
  /// The process that uses it has to end: it died, or does not know what is on the disk.
  bool has_failed() const { return has_failed_; }
  bool has_died() const { return has_died_; }
  /// A process begins.
  void reopen();

  Committed committed;
  Bend bend_at_commit;
  Bend bend_at_reopening;

 private:
  Status commit(State next);

  MachineId machine_;
  Chronicle& chronicle_;
  Dice& dice_;
  DiskFaults faults_;
  State state_;
  bool has_failed_ = false;
  bool has_died_ = false;
};

}  // namespace taut::sim
