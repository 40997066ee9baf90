#pragma once
// One life of a topic, lived through (docs/simulator.md, "Topics").

#include "sim/report.hpp"
#include "sim/topic_person.hpp"

namespace taut::sim {

/// From the end of all trouble until everybody is in step and everything has arrived: who was left behind
/// finds it out in two minutes, and a committer that is silent is waited for.
inline constexpr Duration kTopicQuietWithin = 15min;

Report live_topic(const TopicPlan& plan, const Options& options = {});
/// For a Campaign.
inline Report live_topic_of_seed(std::uint64_t seed, const Options& options) {
  return live_topic(topic_plan_of_seed(seed), options);
}

class TopicWorld {
 public:
  TopicWorld(const TopicPlan& plan, const Options& options);
  Report run();

 private:
  TopicPerson& add();
  TopicPerson& person(unsigned number) { return *people_[number % people_.size()]; }
  bool is_insider(MachineId id) const { return plan_.has_insider && id + 1 == plan_.people; }
  topic::NewTopic new_topic();
  void decide(MachineId who, const introduction::Introduction& asks);
  void invite_again();

  bool set_up();
  void plant_commits();
  void script();
  void carry_out(const PlannedAct& act);
  void remove(TopicPerson& who, TopicPerson& whom);
  void trouble(TopicPerson& who, const PlannedAct& act);
  void break_rules(const PlannedAct& act);
  Bytes invalid_commit(topic::Topic& topic, unsigned kind);
  void heal();
  /// What is not as it should be in the end; empty: nothing.
  std::string why_not_quiet();
  void check_differing_histories();
  std::uint64_t noticed() const;
  bool live_until(Instant until, const std::function<bool()>& done);

  TopicPlan plan_;
  Options options_;
  Schedule schedule_;
  Chronicle chronicle_;
  SeededDice dice_;
  TopicCarrier carrier_;
  TopicLedger ledger_;
  std::vector<std::unique_ptr<TopicPerson>> people_;
  std::set<MachineId> sent_away_;
  bool histories_differ_ = false;
  std::optional<std::uint64_t> noticed_before_;  ///< where histories did differ in the end
  Instant began_;
};

}  // namespace taut::sim
