#include "model.hpp"

#include <iostream>

using namespace taut;
using namespace taut::test;

namespace {

// $TAUT_MODEL_SEEDS runs more of them, $TAUT_MODEL_SEED one alone; $TAUT_MODEL_STEPS makes each longer.
std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* given = std::getenv(name);
  return given == nullptr ? otherwise : std::strtoull(given, nullptr, 10);
}

// Most of them in the first suite, which is the quickest; every suite's turn comes.
crypto::SuiteId suite_of(std::uint64_t seed) {
  const auto suites = crypto::all_suites();
  return seed % 2 == 1 ? suites.front().id : suites[seed / 2 % suites.size()].id;
}

mls::HandshakeFormat handshake_of(std::uint64_t seed) {
  return seed % 4 < 2 ? mls::HandshakeFormat::private_message : mls::HandshakeFormat::public_message;
}

void run(std::uint64_t seed) {
  CAPTURE(seed);
  const crypto::SuiteId suite = suite_of(seed);
  Model model(seed, suite, handshake_of(seed));
  // The others take many times as long.
  const std::uint64_t usual_steps = suite == crypto::all_suites().front().id ? 300 : 150;
  const std::uint64_t steps = from_environment("TAUT_MODEL_STEPS", usual_steps);
  const bool all_at_once = seed % 4 == 1;
  if (all_at_once) model.gather();
  for (std::uint64_t step = 1; step <= steps; ++step) {
    model.step();
    if (step % 75 == 0) model.settle();
  }
  const Model::Counts& counts = model.counts();
  // A run in which nothing happened would prove nothing.
  CHECK(counts.epochs > steps / 20);
  CHECK(counts.lost_commits > 0);
  CHECK(counts.joined > 0);
  CHECK(counts.opened > 0);
  CHECK(counts.refused > 0);
  CHECK(counts.reloads > steps / 10);
  std::cout << "seed " << seed << ", suite " << static_cast<int>(suite) << ": " << counts.epochs
            << " epochs, " << counts.lost_commits << " commits lost a race, " << counts.joined << " joined, "
            << counts.joined_externally << " from outside, " << counts.removed << " removed, "
            << counts.opened << " messages opened, " << counts.opened_late << " of them late, "
            << counts.refused << " refused, " << counts.reloads << " reloads" << std::endl;
}

}  // namespace

TEST_CASE("model: members of an epoch agree, and nobody else opens its messages") {
  if (const std::uint64_t only = from_environment("TAUT_MODEL_SEED", 0); only != 0) return run(only);
  for (std::uint64_t seed = 1; seed <= from_environment("TAUT_MODEL_SEEDS", 8); ++seed) run(seed);
}
