#pragma once
// What a seed stands for, written out: who is there, who sends what when, and what goes wrong. A plan is
// data, so that a failing one can be made shorter (sim/shrink.hpp).

#include <string>
#include <string_view>
#include <vector>

#include "sim/dice.hpp"

namespace taut::sim {

/// Nodes come first, then dispatchers, then the hostile node.
using MachineId = unsigned;

enum class FaultKind : std::uint8_t {
  drop,       ///< datagrams; `rate` percent
  duplicate,  ///< datagrams; `rate` percent
  reorder,    ///< datagrams; `rate` percent come up to 2 s later
  delay,      ///< everything; up to `amount` ms more
  corrupt,    ///< `rate` in a thousand datagrams and pieces of a stream: a bit turns, or the end is cut
  replay,     ///< somebody on the way says again what was said, `amount` times
  partition,  ///< between two machines, one way when `rate` is 1
  reset,      ///< every stream of a machine ends after any prefix
  roam,       ///< a node gets another address
  crash,      ///< at a time; the power fails when `rate` is 1, else the process alone
  crash_at_operation,  ///< at the `rate`-th storage operation from then on: before it, or after when `amount`
                       ///< is 1
  disk_full,
  failed_sync,  ///< of the `rate`-th storage operation from then on
  slow_disk,    ///< up to `amount` ms an operation
  clock_jump,   ///< the wall clock, by `amount` seconds
  hostile,      ///< a node with a good identity and bad manners calls; `rate` says which
};
inline constexpr std::size_t kFaultKinds = 16;
std::string_view name_of(FaultKind kind);

/// From its beginning to its end, counted from the end of the set-up.
struct Fault {
  FaultKind kind = FaultKind::drop;
  Duration from{};
  Duration until{};
  MachineId machine = 0;
  MachineId other = 0;
  unsigned rate = 0;
  std::int64_t amount = 0;
};
std::string to_text(const Fault& fault);

/// Messages with the same time, sender and recipient are handed in together.
struct PlannedMessage {
  Duration at{};
  MachineId from = 0;
  MachineId to = 0;
  std::size_t size_bytes = 0;
  std::chrono::seconds ttl{};  ///< 0: as long as may be
};
std::string to_text(const PlannedMessage& message);

enum class Carrier : std::uint8_t { stream, datagram };

struct PlannedNode {
  Carrier carrier = Carrier::stream;
  std::vector<MachineId> dispatchers;  ///< at least one
  unsigned first_suite = 1;            ///< MLS number
};

struct Plan {
  std::uint64_t seed = 0;  ///< of everything that is not written here: keys, delays, which datagram is lost
  std::vector<PlannedNode> nodes;
  std::vector<unsigned> dispatchers;  ///< the suite of each
  unsigned inbox_messages_max = 10'000;
  std::vector<PlannedMessage> messages;  ///< by time
  std::vector<Fault> faults;             ///< by time
  Duration trouble_ends{};               ///< from here on nothing goes wrong any more

  MachineId hostile() const { return static_cast<MachineId>(nodes.size() + dispatchers.size()); }
};

/// How much happens.
struct Scale {
  unsigned nodes_min = 3;
  unsigned nodes_max = 5;
  unsigned messages_min = 200;
  unsigned messages_max = 240;
  unsigned fault_kinds_min = 3;
  unsigned faults_of_a_kind_max = 4;
  std::chrono::seconds trouble{240};
};

/// A swarm: each kind of fault is there or not, with a rate of its own; at least one crash always is.
Plan draw_plan(std::uint64_t seed, Dice& dice, const Scale& scale);
Plan plan_of_seed(std::uint64_t seed);

}  // namespace taut::sim
