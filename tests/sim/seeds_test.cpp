// A few seeds with every test run; ./dev sim lives thousands.

#include <doctest/doctest.h>

#include "sim/campaign.hpp"

using namespace taut;
using namespace taut::sim;

TEST_CASE("sixty seeds: every invariant holds, two lives of one seed agree, every kind of fault was met") {
  const Findings found = carry_out({.first_seed = 1, .count = 60, .jobs = 2, .twice_every = 10, .bug = {}});
  INFO("seed " << found.failed_seed.value_or(0) << ": " << std::string(found.violation.invariant) << ": "
               << found.violation.detail);
  CHECK_FALSE(found.failed_seed.has_value());
  CHECK(found.lived == 60);
  CHECK(found.lived_twice == 6);
  CHECK(found.messages >= 60 * 200);
  CHECK(found.acknowledged >= found.messages * 9 / 10);
  for (std::size_t kind = 0; kind < kFaultKinds; ++kind) {
    const std::string_view name = name_of(static_cast<FaultKind>(kind));
    CAPTURE(std::string(name));
    CHECK(found.tally.contains({"fault", name}));
  }
}

TEST_CASE("every plan has three nodes, two hundred messages, three kinds of fault and a crash") {
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    CAPTURE(seed);
    const Plan plan = plan_of_seed(seed);
    CHECK(plan.nodes.size() >= 3);
    CHECK(plan.messages.size() >= 200);
    std::set<FaultKind> kinds;
    for (const Fault& fault : plan.faults) kinds.insert(fault.kind);
    CHECK(kinds.size() >= 3);
    CHECK((kinds.contains(FaultKind::crash) || kinds.contains(FaultKind::crash_at_operation)));
  }
}
