#include "sim/campaign.hpp"

#include <mutex>
#include <thread>

namespace taut::sim {

namespace {

class Crew {
 public:
  explicit Crew(const Campaign& campaign) : campaign_(campaign) {}

  Findings run() {
    std::vector<std::jthread> threads;
    for (unsigned i = 1; i < campaign_.jobs; ++i) threads.emplace_back([this] { work(); });
    work();
    threads.clear();
    return std::move(findings_);
  }

 private:
  void work() {
    while (const auto seed = next()) {
      const Options options{campaign_.bug, nullptr};
      Report report = campaign_.live(*seed, options);
      const bool is_twice = campaign_.twice_every != 0 && *seed % campaign_.twice_every == 0;
      if (is_twice && !report.violation && campaign_.live(*seed, options).hash != report.hash)
        report.violation = Violation{"same_seed_same_life", "two lives of one seed differ"};
      note(*seed, report, is_twice);
    }
  }

  std::optional<std::uint64_t> next() {
    const std::scoped_lock lock(mutex_);
    if (given_ == campaign_.count || findings_.failed_seed) return std::nullopt;
    return campaign_.first_seed + given_++;
  }

  void note(std::uint64_t seed, const Report& report, bool is_twice) {
    const std::scoped_lock lock(mutex_);
    ++findings_.lived;
    findings_.lived_twice += is_twice ? 1 : 0;
    findings_.messages += report.messages;
    findings_.acknowledged += report.acknowledged;
    findings_.steps += report.steps;
    findings_.virtual_time += report.lived;
    findings_.until_quiet_max = std::max(findings_.until_quiet_max, report.until_quiet);
    for (const auto& [what, count] : report.tally) findings_.tally[what] += count;
    const bool is_first = !findings_.failed_seed || seed < *findings_.failed_seed;
    if (!report.violation || !is_first) return;
    findings_.failed_seed = seed;
    findings_.violation = *report.violation;
  }

  Campaign campaign_;
  std::mutex mutex_;
  std::uint64_t given_ = 0;
  Findings findings_;
};

}  // namespace

Findings carry_out(const Campaign& campaign) { return Crew(campaign).run(); }

}  // namespace taut::sim
