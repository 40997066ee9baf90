// What goes wrong, and who does it.

#include "sim/world.hpp"

namespace taut::sim {

void World::begin(const Fault& fault) {
  chronicle_.note(fault.machine, name_of(fault.kind), fault.rate, static_cast<std::uint64_t>(fault.amount));
  chronicle_.hit("fault", name_of(fault.kind));
  weather_.begin(fault);
  switch (fault.kind) {
    case FaultKind::reset:
      return network_.reset_all(fault.machine);
    case FaultKind::roam:
      return node(fault.machine).roam();
    case FaultKind::crash:
      return crash(fault);
    case FaultKind::crash_at_operation:
      return disk_faults(fault.machine)
          .plant(fault.amount == 1 ? OperationFate::dies_after : OperationFate::dies_before, fault.rate);
    case FaultKind::failed_sync:
      return disk_faults(fault.machine).plant(OperationFate::sync_fails, fault.rate);
    case FaultKind::clock_jump:
      return jump(fault, 1);
    case FaultKind::replay:
      return replay(fault);
    case FaultKind::hostile:
      return call_hostile(fault);
    default:
      return;
  }
}

void World::end(const Fault& fault) {
  chronicle_.note(fault.machine, "over", static_cast<std::uint64_t>(fault.kind));
  weather_.end(fault);
  if (fault.kind == FaultKind::clock_jump) jump(fault, -1);
  if (fault.kind == FaultKind::crash_at_operation || fault.kind == FaultKind::failed_sync)
    disk_faults(fault.machine).forget_plants();
}

void World::jump(const Fault& fault, int direction) {
  Site& site = is_node(fault.machine) ? node(fault.machine).site() : dispatcher(fault.machine).site();
  site.clock_error += std::chrono::seconds(fault.amount * direction);
}

void World::crash(const Fault& fault) {
  const auto death = fault.rate == 1 ? Network::Death::power : Network::Death::process;
  const Duration back_after = fault.until - fault.from;
  if (is_node(fault.machine)) return node(fault.machine).crash(death, back_after);
  dispatcher(fault.machine).crash(death, back_after);
}

std::uint64_t World::footprint(MachineId id) {
  if (is_node(id)) return node(id).is_up() ? node(id).process()->footprint() : 0;
  if (id >= plan_.hostile()) return 0;
  return dispatcher(id).is_up() ? dispatcher(id).process()->footprint() : 0;
}

// Somebody on the way says again what he heard, from the same place or from another.
void World::replay(const Fault& fault) {
  for (std::int64_t i = 0; i < fault.amount; ++i) {
    const Duration when = dice_.between(1ms, 5000ms) + Duration{1};
    schedule_.after(when, [this] {
      const auto& heard = network_.heard();
      const auto& openings = network_.openings();
      if (!openings.empty() && (heard.empty() || dice_.happens(30))) {
        chronicle_.hit("hostile", "opening said again");
        return hostile_->say_again(openings[dice_.below(static_cast<unsigned>(openings.size()))]);
      }
      if (heard.empty()) return;
      say_again(heard[dice_.below(static_cast<unsigned>(heard.size()))], dice_.happens(40));
    });
  }
}

void World::say_again(const Network::Heard& heard, bool from_elsewhere) {
  const MachineId to = machine_of(heard.to);
  const PeerAddress from = from_elsewhere ? address_of(plan_.hostile(), 9) : heard.from;
  const std::uint64_t before = footprint(to);
  network_.inject(from, heard.to, Bytes(heard.bytes));
  chronicle_.hit("hostile", "datagram said again");
  chronicle_.require(footprint(to) == before, "replay_changes_nothing",
                     "a datagram that was said again changed a session");
}

void World::call_hostile(const Fault& fault) {
  const auto which = static_cast<MachineId>(plan_.nodes.size()) +
                     fault.machine % static_cast<MachineId>(dispatchers_.size());
  DispatcherMachine& called = dispatcher(which);
  const identity::Identity& identity = called.identity();
  const crypto::SuiteId suite = identity.link_keys().front().certificate.suite;
  const link::Remote remote{identity.node_id(), suite, identity.link_key(suite)->pair.public_key, 1};
  hostile_->call({which, remote}, fault.rate % Hostile::kManners);
}

}  // namespace taut::sim
