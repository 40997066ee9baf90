#pragma once
// One plan, lived through. docs/simulator.md.

#include "sim/dispatcher_machine.hpp"
#include "sim/hostile.hpp"
#include "sim/node_machine.hpp"
#include "sim/report.hpp"

namespace taut::sim {

/// From the end of all trouble until everything has arrived. Redialling waits up to 60 s
/// (node/connections.hpp); a session that nobody ended is noticed within 60 s (ping, then no answer), then
/// the next dial may just have failed: so two of the first and one of the second.
inline constexpr Duration kQuietWithin = 180s;

Report live(const Plan& plan, const Options& options = {});

class World {
 public:
  World(const Plan& plan, const Options& options);
  Report run();

 private:
  Site site(MachineId id);
  void plant(PlantedBug bug);
  bool set_up();
  void learn_secrets();
  void script();
  void begin(const Fault& fault);
  void end(const Fault& fault);
  void jump(const Fault& fault, int direction);
  void crash(const Fault& fault);
  void replay(const Fault& fault);
  void say_again(const Network::Heard& heard, bool from_elsewhere);
  void call_hostile(const Fault& fault);
  bool is_node(MachineId id) const { return id < plan_.nodes.size(); }
  NodeMachine& node(MachineId id) { return *nodes_.at(id); }
  DispatcherMachine& dispatcher(MachineId id) { return *dispatchers_.at(id - plan_.nodes.size()); }
  DiskFaults& disk_faults(MachineId id) {
    return is_node(id) ? node(id).disk().faults() : dispatcher(id).disk().faults();
  }
  std::uint64_t footprint(MachineId id);

  void watch_dispatcher(DispatcherMachine& machine);
  void on_carried_out(DispatcherMachine& machine, const dispatcher::Operation& operation);
  void on_put(DispatcherMachine& machine, const dispatcher::PutMessage& put);
  void on_release(DispatcherMachine& machine, const dispatcher::ReleaseMessages& release);
  void check_after_crash(DispatcherMachine& machine);
  std::string why_not_quiet();
  std::vector<std::uint64_t> operations();
  Report report();

  bool live_until(Instant until, const std::function<bool()>& done);
  bool may_go_on();

  Plan plan_;
  Options options_;
  Schedule schedule_;
  Chronicle chronicle_;
  Weather weather_;
  SeededDice dice_;
  Network network_;
  Ledger ledger_;
  Once envelopes_;
  std::vector<std::unique_ptr<NodeMachine>> nodes_;
  std::vector<std::unique_ptr<DispatcherMachine>> dispatchers_;
  std::optional<Site> hostile_site_;
  std::unique_ptr<Hostile> hostile_;
  Instant began_;
  std::vector<std::uint64_t> operations_before_;
};

}  // namespace taut::sim
