// A fixed day at every machine, with a crash before and after every single storage operation of it.

#include <doctest/doctest.h>

#include "sim/world.hpp"

using namespace taut;
using namespace taut::sim;

namespace {

/// Three nodes, one on streams, inboxes at two dispatchers, a dozen messages.
Plan quiet_day() {
  Plan plan;
  plan.seed = 7;
  plan.dispatchers = {1, 3};
  plan.nodes = {{Carrier::stream, {3, 4}, 1}, {Carrier::datagram, {4}, 1}, {Carrier::datagram, {3}, 3}};
  for (unsigned i = 0; i < 12; ++i)
    plan.messages.push_back({std::chrono::seconds(i / 3), i % 3, (i % 3 + 1 + i / 6) % 3, 100, {}});
  plan.trouble_ends = 10s;
  return plan;
}

}  // namespace

TEST_CASE("a crash before or after any storage operation loses nothing and doubles nothing") {
  const Plan plan = quiet_day();
  const Report undisturbed = live(plan);
  REQUIRE_FALSE(undisturbed.violation.has_value());
  REQUIRE(undisturbed.operations.size() == 5);
  std::size_t crashes = 0;
  std::size_t lives = 0;
  for (MachineId machine = 0; machine < undisturbed.operations.size(); ++machine) {
    const auto operations = static_cast<unsigned>(undisturbed.operations[machine]);
    REQUIRE(operations > 5);
    for (unsigned at = 1; at <= operations; ++at) {
      for (const std::int64_t after : {0, 1}) {
        CAPTURE(machine);
        CAPTURE(at);
        CAPTURE(after);
        Plan crashing = plan;
        crashing.faults.push_back(
            {FaultKind::crash_at_operation, {}, plan.trouble_ends, machine, 0, at, after});
        const Report report = live(crashing);
        INFO(std::string(report.violation ? report.violation->invariant : "")
             << ": " << (report.violation ? report.violation->detail : ""));
        CHECK_FALSE(report.violation.has_value());
        ++lives;
        for (const auto& [what, count] : report.tally) crashes += what.first == "crash" ? count : 0;
      }
    }
  }
  CHECK(crashes >= lives * 9 / 10);
  MESSAGE(lives << " lives, " << crashes << " crashes");
}
