#include "sim/plan.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace taut::sim {

namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr std::array<std::string_view, kFaultKinds> kNames{"drop",
                                                           "duplicate",
                                                           "reorder",
                                                           "delay",
                                                           "corrupt",
                                                           "replay",
                                                           "partition",
                                                           "reset",
                                                           "roam",
                                                           "crash",
                                                           "crash_at_operation",
                                                           "disk_full",
                                                           "failed_sync",
                                                           "slow_disk",
                                                           "clock_jump",
                                                           "hostile"};

std::string seconds(Duration time) {
  const auto ms = std::chrono::duration_cast<milliseconds>(time).count();
  std::string fraction = std::to_string(ms % 1000);
  fraction.insert(0, 3 - fraction.size(), '0');
  return std::to_string(ms / 1000) + "." + fraction + "s";
}

/// Those of one time keep their order.
template <class Item>
void in_time(std::vector<Item>& items, Duration Item::* time) {
  std::multimap<Duration, Item> sorted;
  for (const Item& item : items) sorted.emplace(item.*time, item);
  items.clear();
  for (auto& [when, item] : sorted) items.push_back(std::move(item));
}

class Drawing {
 public:
  Drawing(Plan& plan, Dice& dice, const Scale& scale) : plan_(plan), dice_(dice), scale_(scale) {}

  void people() {
    const unsigned nodes = dice_.between(scale_.nodes_min, scale_.nodes_max);
    const unsigned dispatchers = dice_.between(1, 2);
    for (unsigned i = 0; i < dispatchers; ++i) plan_.dispatchers.push_back(dice_.happens(70) ? 1 : 3);
    for (unsigned i = 0; i < nodes; ++i) plan_.nodes.push_back(node(nodes, dispatchers));
    if (dice_.happens(15)) plan_.inbox_messages_max = dice_.between(8, 30);
  }

  // Bursts: what somebody writes to somebody at one moment.
  void messages() {
    const unsigned wanted = dice_.between(scale_.messages_min, scale_.messages_max);
    while (plan_.messages.size() < wanted) {
      PlannedMessage one;
      one.at = time();
      one.from = dice_.below(node_count());
      one.to = (one.from + 1 + dice_.below(node_count() - 1)) % node_count();
      if (dice_.happens(6)) one.ttl = std::chrono::seconds(dice_.between(20, 90));
      for (unsigned left = dice_.between(1, 16); left > 0 && plan_.messages.size() < wanted; --left) {
        one.size_bytes = size();
        plan_.messages.push_back(one);
      }
    }
    in_time(plan_.messages, &PlannedMessage::at);
  }

  void faults() {
    std::set<FaultKind> kinds;
    for (std::size_t kind = 0; kind < kFaultKinds; ++kind)
      if (dice_.happens(50)) kinds.insert(static_cast<FaultKind>(kind));
    for (unsigned tries = 0; kinds.size() < scale_.fault_kinds_min && tries < 100; ++tries)
      kinds.insert(static_cast<FaultKind>(dice_.below(kFaultKinds)));
    if (!kinds.contains(FaultKind::crash)) kinds.insert(FaultKind::crash_at_operation);
    for (const FaultKind kind : kinds)
      for (unsigned left = dice_.between(1, scale_.faults_of_a_kind_max); left > 0; --left)
        plan_.faults.push_back(fault(kind));
    in_time(plan_.faults, &Fault::from);
  }

 private:
  unsigned node_count() const { return static_cast<unsigned>(plan_.nodes.size()); }
  unsigned machine_count() const { return node_count() + static_cast<unsigned>(plan_.dispatchers.size()); }
  Duration time() { return dice_.between(0ms, scale_.trouble); }

  PlannedNode node(unsigned nodes, unsigned dispatchers) {
    PlannedNode one;
    one.carrier = dice_.happens(50) ? Carrier::datagram : Carrier::stream;
    const unsigned first = dice_.below(dispatchers);
    one.dispatchers.push_back(nodes + first);
    if (dispatchers > 1 && dice_.happens(60)) one.dispatchers.push_back(nodes + 1 - first);
    if (dice_.happens(30)) one.first_suite = 3;
    return one;
  }

  std::size_t size() {
    if (dice_.happens(1) && dice_.happens(30)) return dice_.between(60'000, 150'000);
    return dice_.happens(8) ? dice_.between(1000, 9000) : dice_.between(40, 400);
  }

  Fault fault(FaultKind kind) {
    Fault one;
    one.kind = kind;
    one.from = time();
    one.machine = dice_.below(machine_count());
    one.other = (one.machine + 1 + dice_.below(machine_count() - 1)) % machine_count();
    one.until = one.from + dice_.between(1s, 60s);
    shape(one);
    one.until = std::min<Duration>(one.until, scale_.trouble);
    return one;
  }

  void shape(Fault& one) {
    switch (one.kind) {
      case FaultKind::drop:
      case FaultKind::reorder:
        one.rate = dice_.between(1, 30);
        break;
      case FaultKind::duplicate:
        one.rate = dice_.between(1, 50);
        break;
      case FaultKind::delay:
        one.amount = dice_.happens(15) ? dice_.between(1000, 60'000) : dice_.between(10, 1000);
        break;
      case FaultKind::corrupt:
        one.rate = dice_.between(1, 50);
        break;
      case FaultKind::replay:
        one.amount = dice_.between(1, 20);
        break;
      case FaultKind::partition:
        one.rate = dice_.below(2);
        if (dice_.happens(20)) one.until = one.from + dice_.between(60s, 150s);
        break;
      case FaultKind::reset:
        break;
      case FaultKind::roam:
        one.machine = dice_.below(node_count());
        break;
      case FaultKind::crash:
        one.rate = dice_.below(2);
        one.until = one.from + dice_.between(100ms, 30s);
        break;
      case FaultKind::crash_at_operation:
        one.rate = dice_.between(1, 12);
        one.amount = dice_.below(2);
        break;
      case FaultKind::disk_full:
        one.until = one.from + dice_.between(1s, 30s);
        break;
      case FaultKind::failed_sync:
        one.rate = dice_.between(1, 12);
        break;
      case FaultKind::slow_disk:
        one.amount = dice_.happens(20) ? dice_.between(1000, 10'000) : dice_.between(5, 500);
        break;
      case FaultKind::clock_jump:
        one.amount = jump();
        // Two clocks that are years ahead at once are believed, and keys are gone (docs/simulator.md).
        if ((one.machine < node_count()) != nodes_leap_ && one.amount > 3600) one.amount = -one.amount;
        break;
      case FaultKind::hostile:
        one.rate = dice_.below(8);
        break;
    }
  }

  std::int64_t jump() {
    constexpr std::int64_t kYear = 365 * 24 * 3600;
    const std::int64_t by = dice_.happens(70) ? dice_.between(1, 3600) : 10 * kYear;
    return dice_.happens(50) ? by : -by;
  }

  Plan& plan_;
  Dice& dice_;
  bool nodes_leap_ = dice_.happens(50);  ///< years ahead; or dispatchers do
  const Scale& scale_;
};

}  // namespace

std::string_view name_of(FaultKind kind) { return kNames[static_cast<std::size_t>(kind)]; }

std::string to_text(const Fault& fault) {
  std::string text =
      std::string(name_of(fault.kind)) + " " + seconds(fault.from) + ".." + seconds(fault.until);
  text += " machine=" + std::to_string(fault.machine);
  if (fault.kind == FaultKind::partition) text += " other=" + std::to_string(fault.other);
  if (fault.rate != 0) text += " rate=" + std::to_string(fault.rate);
  if (fault.amount != 0) text += " amount=" + std::to_string(fault.amount);
  return text;
}

std::string to_text(const PlannedMessage& message) {
  std::string text = "message " + seconds(message.at) + " from=" + std::to_string(message.from) +
                     " to=" + std::to_string(message.to) + " bytes=" + std::to_string(message.size_bytes);
  if (message.ttl.count() != 0) text += " ttl=" + std::to_string(message.ttl.count()) + "s";
  return text;
}

Plan draw_plan(std::uint64_t seed, Dice& dice, const Scale& scale) {
  Plan plan;
  plan.seed = seed;
  plan.trouble_ends = scale.trouble;
  Drawing drawing(plan, dice, scale);
  drawing.people();
  drawing.messages();
  drawing.faults();
  return plan;
}

Plan plan_of_seed(std::uint64_t seed) {
  SeededDice dice(seed);
  return draw_plan(seed, dice, Scale{});
}

}  // namespace taut::sim
