#include "sim/topic_plan.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include "sim/dice.hpp"

namespace taut::sim {

namespace {

constexpr std::array<std::string_view, 16> kNames{
    "say",      "update",  "rename",         "invite",    "remove",  "leave",
    "cut",      "crash",   "crash_after",    "snapshot",  "restore", "two_histories",
    "withhold", "swallow", "invalid_commit", "half_valid"};

struct Rate {
  TopicAct what;
  unsigned count_max;
};
constexpr std::array kDoings{Rate{TopicAct::update, 5}, Rate{TopicAct::rename, 3}, Rate{TopicAct::invite, 3},
                             Rate{TopicAct::remove, 2}, Rate{TopicAct::leave, 1}};
constexpr std::array kTroubles{Rate{TopicAct::cut, 4}, Rate{TopicAct::crash, 5},
                               Rate{TopicAct::crash_after, 5}, Rate{TopicAct::restore, 2}};
constexpr std::array kLies{Rate{TopicAct::two_histories, 1}, Rate{TopicAct::withhold, 3},
                           Rate{TopicAct::swallow, 2}};
constexpr std::array kInsides{Rate{TopicAct::invalid_commit, 4}, Rate{TopicAct::half_valid, 2}};

class Drawing {
 public:
  explicit Drawing(std::uint64_t seed) : dice_(seed) { plan_.seed = seed; }

  TopicPlan draw() {
    plan_.order = dice_.happens(55) ? TopicOrder::log : TopicOrder::committer;
    plan_.people = dice_.between(3, 5);
    if (dice_.happens(60)) plan_.lose_percent = dice_.between(1, 25);
    if (dice_.happens(60)) plan_.double_percent = dice_.between(1, 25);
    if (dice_.happens(60)) plan_.reorder_percent = dice_.between(1, 30);
    plan_.has_insider = dice_.happens(40) && plan_.people > 3;
    const unsigned messages = dice_.between(15, 45);
    for (unsigned i = 0; i < messages; ++i) add(TopicAct::say);
    draw_some(kDoings);
    draw_some(kTroubles);
    // Not both: an insider with a dispatcher of his own separates people as he likes.
    if (plan_.has_insider)
      draw_some(kInsides);
    else if (plan_.order == TopicOrder::log)
      draw_some(kLies);
    std::ranges::sort(plan_.acts, {},
                      [](const PlannedAct& act) { return std::tuple(act.at, act.what, act.who, act.value); });
    return std::move(plan_);
  }

 private:
  void add(TopicAct what) {
    plan_.acts.push_back(
        {dice_.between(0ms, std::chrono::duration_cast<std::chrono::milliseconds>(kTopicTrouble)), what,
         dice_.below(12), dice_.below(12), dice_.between(2, 60)});
  }

  /// Each kind with probability one half, at a rate of its own.
  void draw_some(const auto& rates) {
    for (const Rate& rate : rates) {
      const bool is_there = dice_.happens(50);
      const unsigned count = dice_.between(1, rate.count_max);
      if (!is_there) continue;
      for (unsigned i = 0; i < count; ++i) {
        add(rate.what);
        if (rate.what != TopicAct::restore) continue;
        // Of a copy that was made before.
        PlannedAct copy = plan_.acts.back();
        copy.what = TopicAct::snapshot;
        copy.at = copy.at * static_cast<int>(dice_.between(20, 95)) / 100;
        plan_.acts.push_back(copy);
      }
    }
  }

  SeededDice dice_;
  TopicPlan plan_;
};

}  // namespace

std::string_view name_of(TopicAct act) { return kNames.at(static_cast<std::size_t>(act)); }

bool TopicPlan::has(TopicAct act) const {
  return std::ranges::any_of(acts, [&](const PlannedAct& one) { return one.what == act; });
}

TopicPlan topic_plan_of_seed(std::uint64_t seed) { return Drawing(seed).draw(); }

std::string to_text(const PlannedAct& act) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(act.at).count();
  return std::to_string(ms) + " ms: " + std::string(name_of(act.what)) + " who=" + std::to_string(act.who) +
         " whom=" + std::to_string(act.whom) + " value=" + std::to_string(act.value);
}

}  // namespace taut::sim
