#pragma once
// A life of a topic, as data: who is there, what they do, what goes wrong (docs/simulator.md, "Topics").

#include <string>
#include <string_view>
#include <vector>

#include "sim/schedule.hpp"

namespace taut::sim {

enum class TopicOrder : std::uint8_t { log, committer };

enum class TopicAct : std::uint8_t {
  // what people do
  say,
  update,
  rename,
  invite,  ///< and somebody new joins by it
  remove,
  leave,
  // what goes wrong
  cut,             ///< nothing comes or goes, for `value` seconds
  crash,           ///< what is not synced is forgotten
  crash_after,     ///< the same, but it is stored, and nothing left the machine
  snapshot,        ///< a copy of the files
  restore,         ///< begins anew from that copy
  two_histories,   ///< the dispatcher shows `who` another log from now on, for `value` seconds
  withhold,        ///< the dispatcher shows `who` nothing new, for `value` seconds
  swallow,         ///< the dispatcher takes entries and forgets them, for `value` seconds
  invalid_commit,  ///< the insider's: well-formed, against the rules
  half_valid,      ///< the insider's: holds for some members only
};
std::string_view name_of(TopicAct act);

struct PlannedAct {
  Duration at{};
  TopicAct what{};
  unsigned who = 0;   ///< by number; modulo those there are
  unsigned whom = 0;  ///< of `remove`
  unsigned value = 0;
};

struct TopicPlan {
  std::uint64_t seed = 0;
  TopicOrder order{};
  unsigned people = 0;  ///< at the beginning
  unsigned lose_percent = 0, double_percent = 0, reorder_percent = 0;
  bool has_insider = false;      ///< the last of the people
  std::vector<PlannedAct> acts;  ///< ascending

  bool has(TopicAct act) const;
};

inline constexpr Duration kTopicTrouble = 180s;
TopicPlan topic_plan_of_seed(std::uint64_t seed);
std::string to_text(const PlannedAct& act);

}  // namespace taut::sim
