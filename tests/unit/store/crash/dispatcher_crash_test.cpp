#include <doctest/doctest.h>

#include <cstdio>

#include "dispatcher_history.hpp"
#include "power_cuts.hpp"

using namespace taut;
using namespace taut::test;

namespace {

struct Outcome {
  std::size_t operations = 0;
  std::size_t places = 0;
  std::size_t recoveries = 0;
  std::vector<std::string> wrong;
};

/// A fixed workload, with a power cut at every change of the disk.
Outcome cut_everywhere(std::uint64_t seed, std::size_t operations_min, CrashDisk::Syncs syncs) {
  Folder folder;
  CrashDisk disk(folder.path());
  disk.set_syncs(syncs);
  DispatcherHistory history(seed);
  PowerCuts cuts(disk, [&](const auto& after) { return history.examine(after); });
  Outcome outcome;
  auto tables = history.open(folder.path());
  REQUIRE(tables.has_value());
  while (outcome.operations < operations_min) {
    auto batch = history.next();
    outcome.operations += batch.size();
    cuts.expectations_changed();
    for (const auto& result : (*tables)->carry_out(batch)) REQUIRE(result.has_value());
    history.acknowledged();
    cuts.expectations_changed();
    if (outcome.operations % 5 == 0) (*tables)->shorten_log();
    if (outcome.operations % 7 != 0) continue;
    tables->reset();  // closing writes the log back
    tables = history.open(folder.path());
    REQUIRE(tables.has_value());
  }
  outcome.places = cuts.places;
  outcome.recoveries = cuts.recoveries;
  outcome.wrong = cuts.wrong;
  return outcome;
}

}  // namespace

TEST_CASE("wherever the power is cut, a dispatcher's store holds what it acknowledged, and nothing twice") {
  const Outcome outcome = cut_everywhere(1, 200, CrashDisk::Syncs::honest);
  std::printf("dispatcher: %zu operations, power cut at %zu places, %zu recoveries, %zu wrong\n",
              outcome.operations, outcome.places, outcome.recoveries, outcome.wrong.size());
  for (const std::string& one : outcome.wrong) FAIL_CHECK(one);
  CHECK(outcome.places > 500);
  CHECK(outcome.recoveries > 2000);
}

TEST_CASE("acknowledging before the sync is found out") {
  const Outcome outcome = cut_everywhere(1, 40, CrashDisk::Syncs::late);
  CHECK_FALSE(outcome.wrong.empty());
}
