// Bytes drive the simulator: every two of them are a choice of the plan (sim/dice.hpp): who is there, who
// writes what when, what goes wrong. Whatever they choose, every invariant holds.

#include "sim/world.hpp"
#include "support/require.hpp"

using namespace taut;
using namespace taut::sim;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr Scale kSmall{.nodes_min = 3,
                         .nodes_max = 3,
                         .messages_min = 2,
                         .messages_max = 8,
                         .fault_kinds_min = 0,
                         .faults_of_a_kind_max = 2,
                         .trouble = std::chrono::seconds(60)};
  ScriptDice dice(ByteView(data, std::min<std::size_t>(size, 1000)));
  const std::uint64_t seed = dice.below(1000);
  const Report report = live(draw_plan(seed, dice, kSmall));
  TAUT_REQUIRE(!report.violation);
  return 0;
}
