#pragma once
// Randomness for tests: the same seed gives the same bytes.

#include <random>

#include "base/random.hpp"

namespace taut::test {

class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}
  void fill(MutableByteView out) override {
    for (Byte& byte : out) byte = static_cast<Byte>(engine_());
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace taut::test
