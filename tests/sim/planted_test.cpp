// Bugs that were planted must be found: a simulator that finds nothing proves nothing.

#include <doctest/doctest.h>

#include "sim/campaign.hpp"
#include "sim/shrink.hpp"

using namespace taut;
using namespace taut::sim;

namespace {

/// Lives seeds until one fails.
Findings hunt(PlantedBug bug) {
  return carry_out({.first_seed = 1, .count = 40, .jobs = 2, .twice_every = 0, .bug = bug});
}

}  // namespace

TEST_CASE("planted: acknowledge before commit") {
  const Findings found = hunt(PlantedBug::acknowledge_before_commit);
  REQUIRE(found.failed_seed.has_value());
  CHECK(found.violation.invariant == "acknowledged_is_kept");
}

TEST_CASE("planted: reuse a counter after a restart") {
  const Findings found = hunt(PlantedBug::reuse_a_counter_after_restart);
  REQUIRE(found.failed_seed.has_value());
  CHECK(found.violation.invariant == "no_number_twice");
}

TEST_CASE("planted: forget to dedupe") {
  const Findings found = hunt(PlantedBug::forget_to_dedupe);
  REQUIRE(found.failed_seed.has_value());
  CHECK(found.violation.invariant == "shown_once");
}

TEST_CASE("planted: replace a session on a replayed first message") {
  const Findings found = hunt(PlantedBug::replace_a_session_on_a_replayed_first_message);
  REQUIRE(found.failed_seed.has_value());
  CHECK(found.violation.invariant == "replay_changes_nothing");
}

TEST_CASE("what fails is made short: a plan of hundreds of messages ends as one of a few") {
  const PlantedBug bug = PlantedBug::forget_to_dedupe;
  const Findings found = hunt(bug);
  REQUIRE(found.failed_seed.has_value());
  const Plan whole = plan_of_seed(*found.failed_seed);
  const Plan shortest = shrink(whole, found.violation.invariant, {bug, nullptr}, 60);
  CHECK(shortest.messages.size() <= whole.messages.size() / 10);
  CHECK(shortest.faults.size() <= whole.faults.size());
  const Report again = live(shortest, {bug, nullptr});
  REQUIRE(again.violation.has_value());
  CHECK(again.violation->invariant == found.violation.invariant);
}
