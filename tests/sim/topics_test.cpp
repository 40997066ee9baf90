// Topics: seeds beside ./dev sim --topics, and bugs that must be found (docs/simulator.md, "Topics").

#include <doctest/doctest.h>

#include "sim/campaign.hpp"
#include "sim/topic_world.hpp"

using namespace taut;
using namespace taut::sim;

namespace {

Findings live_seeds(std::uint64_t count, PlantedBug bug) {
  return carry_out({.first_seed = 1,
                    .count = count,
                    .jobs = 2,
                    .twice_every = bug == PlantedBug::none ? 20U : 0U,
                    .bug = bug,
                    .live = live_topic_of_seed});
}

}  // namespace

TEST_CASE("sixty topics: every invariant holds, and every kind of trouble was met") {
  const Findings found = live_seeds(60, PlantedBug::none);
  if (found.failed_seed)
    FAIL("seed " << *found.failed_seed << ": " << std::string(found.violation.invariant) << ": "
                 << found.violation.detail);
  CHECK(found.lived_twice == 3);
  for (const std::string_view fault :
       {"lost", "doubled", "reordered", "cut off", "crash", "crash_after", "restore", "two_histories",
        "withhold", "swallow", "swallowed", "invalid_commit", "half_valid"}) {
    CAPTURE(std::string(fault));
    CHECK(found.tally.contains({"topic fault", fault}));
  }
  for (const std::string_view event : {"joined", "removed", "closed", "diverged", "disagreement", "returned",
                                       "refused", "gap", "settings changed"}) {
    CAPTURE(std::string(event));
    CHECK(found.tally.contains({"topic event", event}));
  }
}

TEST_CASE("planted: a member takes the second of two commits") {
  const Findings found = live_seeds(60, PlantedBug::take_the_second_commit);
  REQUIRE(found.failed_seed.has_value());
  CHECK(found.violation.invariant == "nobody_diverges_for_nothing");
}

TEST_CASE("planted: what a commit overtook is forgotten") {
  const Findings found = live_seeds(60, PlantedBug::forget_what_a_commit_overtook);
  REQUIRE(found.failed_seed.has_value());
  CHECK(found.violation.invariant == "nothing_vanishes");
}
