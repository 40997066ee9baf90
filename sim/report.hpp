#pragma once
// What a life is told, and what it tells.

#include "sim/chronicle.hpp"

namespace taut::sim {

/// Bugs that a test plants to see that they are found.
enum class PlantedBug : std::uint8_t {
  none,
  acknowledge_before_commit,
  reuse_a_counter_after_restart,
  forget_to_dedupe,
  replace_a_session_on_a_replayed_first_message,
  take_the_second_commit,         ///< of a topic: of two commits that follow each other
  forget_what_a_commit_overtook,  ///< of a topic: what was said, and lost its epoch
};

struct Options {
  PlantedBug bug = PlantedBug::none;
  std::ostream* aloud = nullptr;  ///< where every event is printed
};

struct Report {
  std::optional<Violation> violation;
  std::uint64_t hash = 0;
  Tally tally;
  std::size_t messages = 0;
  std::size_t acknowledged = 0;
  Duration lived{};        ///< virtual time
  Duration until_quiet{};  ///< from the end of all trouble
  std::uint64_t steps = 0;
  std::vector<std::uint64_t> operations;  ///< of each machine's storage, since the set-up
};

}  // namespace taut::sim
