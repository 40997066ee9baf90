#include "sim/world.hpp"

namespace taut::sim {

namespace {

constexpr std::uint64_t kStepsMax = 3'000'000;
constexpr std::uint64_t kStepsAtOneInstantMax = 100'000;

Bytes canary_of(std::uint64_t seed) {
  Bytes canary(kCanaryBytes);
  test::SeededRandom(seed ^ 0xca4a57).fill(canary);
  return canary;
}

}  // namespace

World::World(const Plan& plan, const Options& options)
    : plan_(plan),
      options_(options),
      chronicle_(schedule_, options.aloud),
      dice_(plan.seed + 1),
      network_(schedule_, chronicle_, weather_, plan.seed + 2),
      ledger_(chronicle_, canary_of(plan.seed)) {
  for (MachineId id = 0; id < plan_.nodes.size(); ++id)
    nodes_.push_back(std::make_unique<NodeMachine>(site(id), plan_.nodes[id], weather_, ledger_, dice_));
  for (const unsigned suite : plan_.dispatchers) {
    const auto id = static_cast<MachineId>(nodes_.size() + dispatchers_.size());
    dispatchers_.push_back(
        std::make_unique<DispatcherMachine>(site(id), suite, plan_.inbox_messages_max, weather_, dice_));
    watch_dispatcher(*dispatchers_.back());
  }
  plant(options_.bug);
}

Site World::site(MachineId id) {
  return {id, schedule_, network_, chronicle_, test::SeededRandom(plan_.seed * 1000 + id), {}};
}

void World::plant(PlantedBug bug) {
  for (const auto& machine : dispatchers_) {
    if (bug == PlantedBug::acknowledge_before_commit)
      machine->disk().set_honesty(DispatcherDisk::Honesty::acknowledges_before_commit);
    if (bug == PlantedBug::replace_a_session_on_a_replayed_first_message)
      machine->replacing = Replacing::on_a_replayed_first_message;
  }
  for (const auto& machine : nodes_) {
    if (bug == PlantedBug::forget_to_dedupe)
      machine->disk().bend_at_commit = [](NodeDisk::State& state) { state.seen.clear(); };
    if (bug == PlantedBug::reuse_a_counter_after_restart)
      machine->disk().bend_at_reopening = [](NodeDisk::State& state) { state.counters.clear(); };
  }
}

// ---------------------------------------------------------------------- set-up

bool World::set_up() {
  std::size_t left = nodes_.size();
  for (const auto& machine : dispatchers_) machine->boot();
  std::vector<NodeId> inboxes;
  for (const auto& machine : nodes_) {
    machine->initialise("node-" + std::to_string(machine->site().id) + "-of-the-simulator");
    inboxes.push_back(machine->id());
    std::vector<identity::SignedCard> cards;
    for (const MachineId one : machine->plan().dispatchers) cards.push_back(dispatcher(one).card());
    machine->use(std::move(cards), [&left] { --left; });
  }
  if (!live_until(schedule_.now() + 120s, [&] { return left == 0; })) {
    chronicle_.violate("all_arrives", "the set-up did not come to its end");
    return false;
  }
  for (const auto& one : nodes_)
    for (const auto& other : nodes_)
      if (one != other) {
        one->meet("contact-" + std::to_string(other->site().id), other->card());
        one->knows(other->site().id, other->id());
      }
  learn_secrets();
  hostile_site_.emplace(site(plan_.hostile()));
  hostile_ = std::make_unique<Hostile>(*hostile_site_, std::move(inboxes), dice_);
  return true;
}

/// Private keys, names and node IDs: none may be seen on a wire.
void World::learn_secrets() {
  Patterns& secrets = network_.secrets();
  secrets.add("a message", canary_of(plan_.seed));
  const auto learn = [&](const identity::Identity& identity, const std::string& who) {
    secrets.add("the node ID of " + who, identity.node_id().view());
    for (const identity::LinkKeyPair& key : identity.link_keys())
      secrets.add("a link key of " + who, key.pair.private_key.expose());
  };
  for (const auto& machine : nodes_) {
    const std::string who = machine->card().card().name;
    secrets.add("the name of " + who, as_bytes(who));
    learn(machine->process()->identity(), who);
    for (const auto& [number, key] : machine->disk().state().sealing_keys)
      secrets.add("a sealing key of " + who, ByteView(key).subspan(ByteView(key).size() / 2 - 8, 16));
  }
  for (const auto& machine : dispatchers_) learn(machine->identity(), machine->card().card().name);
}

// ---------------------------------------------------------------------- the plan

void World::script() {
  began_ = schedule_.now();
  operations_before_ = operations();
  for (const auto& machine : nodes_) machine->begin();
  for (const PlannedMessage& message : plan_.messages)
    schedule_.at(began_ + message.at, [this, &message] { node(message.from).write(ledger_.write(message)); });
  for (const Fault& fault : plan_.faults) {
    schedule_.at(began_ + fault.from, [this, &fault] { begin(fault); });
    schedule_.at(began_ + fault.until, [this, &fault] { end(fault); });
  }
}

Report World::run() {
  if (!set_up()) return report();
  script();
  const Instant trouble_ends = began_ + plan_.trouble_ends;
  live_until(trouble_ends, [] { return false; });
  const auto is_quiet = [this] { return why_not_quiet().empty(); };
  if (may_go_on() && !live_until(trouble_ends + kQuietWithin, is_quiet) && may_go_on())
    chronicle_.violate("all_arrives", why_not_quiet());
  Report final = report();
  final.until_quiet = std::max(Duration{}, schedule_.now() - trouble_ends);
  if (may_go_on()) ledger_.check_all_arrived();
  // What was released goes from the files.
  if (may_go_on()) live_until(schedule_.now() + 90s, [] { return false; });
  final.violation = chronicle_.violation();
  final.hash = chronicle_.hash();
  return final;
}

Report World::report() {
  Report report;
  report.violation = chronicle_.violation();
  report.hash = chronicle_.hash();
  report.tally = chronicle_.tally();
  report.messages = ledger_.count();
  report.acknowledged = ledger_.acknowledged_count();
  report.lived = schedule_.now() - began_;
  report.steps = schedule_.steps();
  report.operations = operations();
  for (std::size_t i = 0; i < operations_before_.size(); ++i) report.operations[i] -= operations_before_[i];
  return report;
}

std::vector<std::uint64_t> World::operations() {
  std::vector<std::uint64_t> counts;
  for (MachineId id = 0; id < plan_.hostile(); ++id) counts.push_back(disk_faults(id).operations());
  return counts;
}

bool World::may_go_on() {
  if (schedule_.steps() > kStepsMax) chronicle_.violate("time_moves", "too much happens");
  if (schedule_.steps_at_this_instant() > kStepsAtOneInstantMax)
    chronicle_.violate("time_moves", "time stands still");
  return !chronicle_.violation();
}

/// @return  whether it was done before that time
bool World::live_until(Instant until, const std::function<bool()>& done) {
  while (may_go_on()) {
    if (schedule_.steps() % 16 == 0 && done()) return true;
    if (!schedule_.step(until)) return done();
  }
  return false;
}

std::string World::why_not_quiet() {
  for (const auto& machine : nodes_)
    if (std::string why = machine->why_not_quiet(); !why.empty()) return why;
  for (const auto& machine : dispatchers_) {
    if (!machine->is_up()) return "machine " + std::to_string(machine->site().id) + " is down";
    for (const auto& [id, rows] : machine->disk().store().nodes)
      if (!rows.messages.empty()) return "machine " + std::to_string(machine->site().id) + " has a message";
  }
  return {};
}

Report live(const Plan& plan, const Options& options) { return World(plan, options).run(); }

}  // namespace taut::sim
