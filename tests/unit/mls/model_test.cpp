#include "model.hpp"

#include <iostream>

using namespace taut;
using namespace taut::test;

namespace {

// $TAUT_MODEL_SEED runs that one alone; $TAUT_MODEL_STEPS makes it longer.
std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* given = std::getenv(name);
  return given == nullptr ? otherwise : std::strtoull(given, nullptr, 10);
}

void run(std::uint64_t seed, crypto::SuiteId suite, mls::HandshakeFormat handshake) {
  CAPTURE(seed);
  CAPTURE(static_cast<int>(suite));
  Model model(seed, suite, handshake);
  const std::uint64_t steps = from_environment("TAUT_MODEL_STEPS", 300);
  for (std::uint64_t step = 1; step <= steps; ++step) {
    model.step();
    if (step % 100 == 0) model.settle();
  }
  const Model::Counts& counts = model.counts();
  // A run in which nothing happened would prove nothing.
  CHECK(counts.epochs > steps / 20);
  CHECK(counts.lost_commits > 0);
  CHECK(counts.joined > 0);
  CHECK(counts.opened > 0);
  CHECK(counts.refused > 0);
  CHECK(counts.reloads > steps / 10);
  std::cout << "seed " << seed << ": " << counts.epochs << " epochs, " << counts.lost_commits
            << " commits lost a race, " << counts.joined << " joined, " << counts.joined_externally
            << " from outside, " << counts.removed << " removed, " << counts.opened << " messages opened, "
            << counts.opened_late << " of them late, " << counts.refused << " refused, " << counts.reloads
            << " reloads" << std::endl;
}

}  // namespace

TEST_CASE("model: members of an epoch agree, and nobody else opens its messages") {
  const std::uint64_t only = from_environment("TAUT_MODEL_SEED", 0);
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    if (only != 0 && seed != only) continue;
    const auto handshake =
        seed % 2 == 0 ? mls::HandshakeFormat::public_message : mls::HandshakeFormat::private_message;
    run(seed,
        seed % 4 == 3 ? crypto::SuiteId::p256_aes128gcm_sha256_p256
                      : crypto::SuiteId::x25519_aes128gcm_sha256_ed25519,
        handshake);
  }
  if (only > 8)
    run(only, crypto::SuiteId::x25519_aes128gcm_sha256_ed25519, mls::HandshakeFormat::private_message);
}
