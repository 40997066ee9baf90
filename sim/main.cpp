// ./dev sim: seeds, one by one or many (docs/simulator.md).

#include <charconv>
#include <cstdio>
#include <iostream>

#include "sim/campaign.hpp"
#include "sim/shrink.hpp"
#include "sim/topic_world.hpp"

using namespace taut;
using namespace taut::sim;

namespace {

constexpr std::string_view kUsage =
    "taut-sim [--topics] (--seeds N [--from S] [--jobs J] [--twice-every K] | --seed S [--trace])\n";

struct Arguments {
  Campaign campaign;
  bool one_seed = false;
  bool trace = false;
  bool topics = false;
};

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Arguments> read(int count, char** words) {
  Arguments arguments;
  for (int i = 1; i < count; ++i) {
    const std::string_view word = words[i];
    if (word == "--trace") {
      arguments.trace = true;
      continue;
    }
    if (word == "--topics") {
      arguments.topics = true;
      arguments.campaign.live = live_topic_of_seed;
      continue;
    }
    const auto value = i + 1 < count ? number(words[++i]) : std::nullopt;
    if (!value) return std::nullopt;
    if (word == "--seeds")
      arguments.campaign.count = *value;
    else if (word == "--from")
      arguments.campaign.first_seed = *value;
    else if (word == "--jobs")
      arguments.campaign.jobs = static_cast<unsigned>(*value);
    else if (word == "--twice-every")
      arguments.campaign.twice_every = *value;
    else if (word == "--seed")
      arguments.campaign.first_seed = *value, arguments.one_seed = true;
    else
      return std::nullopt;
  }
  return arguments;
}

void print(const Plan& plan) {
  std::printf("%zu nodes, %zu dispatchers, inboxes of %u messages\n", plan.nodes.size(),
              plan.dispatchers.size(), plan.inbox_messages_max);
  for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
    std::printf("  machine %zu: node, %s, inboxes at", i,
                plan.nodes[i].carrier == Carrier::stream ? "streams" : "datagrams");
    for (const MachineId one : plan.nodes[i].dispatchers) std::printf(" %u", one);
    std::printf("\n");
  }
  for (const Fault& fault : plan.faults) std::printf("  %s\n", to_text(fault).c_str());
  std::printf("  %zu messages\n", plan.messages.size());
  if (plan.messages.size() > 12) return;
  for (const PlannedMessage& message : plan.messages) std::printf("  %s\n", to_text(message).c_str());
}

void print(const TopicPlan& plan) {
  std::printf("a topic of %u, ordered by %s; lost %u %%, doubled %u %%, reordered %u %%\n", plan.people,
              plan.order == TopicOrder::log ? "a log" : "a committer", plan.lose_percent, plan.double_percent,
              plan.reorder_percent);
  for (const PlannedAct& act : plan.acts)
    if (act.what != TopicAct::say) std::printf("  %s\n", to_text(act).c_str());
}

void print(const Tally& tally) {
  std::string_view group;
  for (const auto& [name, count] : tally) {
    if (name.first != group) std::printf("%s\n", std::string(group = name.first).c_str());
    std::printf("  %-32s %llu\n", std::string(name.second).c_str(), static_cast<unsigned long long>(count));
  }
}

/// The shortest plan that still fails, and every event of it.
int explain(std::uint64_t seed, const Violation& violation) {
  std::printf("seed %llu: %s does not hold: %s\n", static_cast<unsigned long long>(seed),
              std::string(violation.invariant).c_str(), violation.detail.c_str());
  std::fflush(stdout);
  const Plan shortest = shrink(plan_of_seed(seed), violation.invariant, {});
  std::printf("the shortest plan that fails so:\n");
  print(shortest);
  std::fflush(stdout);
  live(shortest, {PlantedBug::none, &std::cout});
  std::printf("again: ./dev sim --seed %llu --trace\n", static_cast<unsigned long long>(seed));
  return 1;
}

int explain_topic(std::uint64_t seed, const Violation& violation) {
  std::printf("seed %llu: %s does not hold: %s\n", static_cast<unsigned long long>(seed),
              std::string(violation.invariant).c_str(), violation.detail.c_str());
  print(topic_plan_of_seed(seed));
  std::printf("again: ./dev sim --topics --seed %llu --trace\n", static_cast<unsigned long long>(seed));
  return 1;
}

int run_one_topic(const Arguments& arguments) {
  const std::uint64_t seed = arguments.campaign.first_seed;
  const Report report = live_topic_of_seed(seed, {PlantedBug::none, arguments.trace ? &std::cout : nullptr});
  std::cout.flush();
  print(report.tally);
  std::printf("hash %016llx, %llu events, quiet %.1f s after all trouble\n",
              static_cast<unsigned long long>(report.hash), static_cast<unsigned long long>(report.steps),
              std::chrono::duration<double>(report.until_quiet).count());
  return report.violation ? explain_topic(seed, *report.violation) : 0;
}

int run_one(const Arguments& arguments) {
  const std::uint64_t seed = arguments.campaign.first_seed;
  const Plan plan = plan_of_seed(seed);
  print(plan);
  std::fflush(stdout);
  const Report report = live(plan, {PlantedBug::none, arguments.trace ? &std::cout : nullptr});
  std::cout.flush();
  print(report.tally);
  std::printf("hash %016llx, %llu events, quiet %.1f s after all trouble\n",
              static_cast<unsigned long long>(report.hash), static_cast<unsigned long long>(report.steps),
              std::chrono::duration<double>(report.until_quiet).count());
  return report.violation ? explain(seed, *report.violation) : 0;
}

int run_many(const Arguments& arguments) {
  const auto began = std::chrono::steady_clock::now();
  const Findings found = carry_out(arguments.campaign);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  print(found.tally);
  std::printf(
      "%llu seeds (%llu of them twice), %llu messages, %llu acknowledged, %llu events\n",
      static_cast<unsigned long long>(found.lived), static_cast<unsigned long long>(found.lived_twice),
      static_cast<unsigned long long>(found.messages), static_cast<unsigned long long>(found.acknowledged),
      static_cast<unsigned long long>(found.steps));
  std::printf("%.1f hours lived in %.1f s; quiet at the latest %.1f s after all trouble\n",
              std::chrono::duration<double>(found.virtual_time).count() / 3600, seconds,
              std::chrono::duration<double>(found.until_quiet_max).count());
  if (!found.failed_seed) return 0;
  return arguments.topics ? explain_topic(*found.failed_seed, found.violation)
                          : explain(*found.failed_seed, found.violation);
}

}  // namespace

int main(int count, char** words) {
  const auto arguments = read(count, words);
  if (!arguments) return std::fputs(kUsage.data(), stderr), 2;
  if (!arguments->one_seed) return run_many(*arguments);
  return arguments->topics ? run_one_topic(*arguments) : run_one(*arguments);
}
