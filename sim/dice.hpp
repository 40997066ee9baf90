#pragma once
// Every choice of a simulation: drawn from a seed, or from the bytes of a fuzzer.

#include <random>

#include "base/bytes.hpp"
#include "base/time.hpp"

namespace taut::sim {

class Dice {
 public:
  virtual ~Dice() = default;
  /// 0..bound-1; 0 when bound is 0.
  virtual unsigned below(unsigned bound) = 0;

  bool happens(unsigned percent) { return below(100) < percent; }
  unsigned between(unsigned low, unsigned high) { return low + below(high - low + 1); }
  Duration between(std::chrono::milliseconds low, std::chrono::milliseconds high) {
    return low + std::chrono::milliseconds(below(static_cast<unsigned>((high - low).count()) + 1));
  }
};

class SeededDice final : public Dice {
 public:
  explicit SeededDice(std::uint64_t seed) : engine_(seed) {}
  unsigned below(unsigned bound) override {
    return bound == 0 ? 0 : static_cast<unsigned>(engine_() % bound);
  }

 private:
  std::mt19937_64 engine_;
};

/// Two bytes a choice; zeros when they are used up.
class ScriptDice final : public Dice {
 public:
  explicit ScriptDice(ByteView script) : script_(script) {}
  unsigned below(unsigned bound) override {
    if (bound == 0 || script_.size() < 2) return 0;
    const unsigned value = static_cast<unsigned>(script_[0]) << 8 | script_[1];
    script_ = script_.subspan(2);
    return value % bound;
  }

 private:
  ByteView script_;
};

}  // namespace taut::sim
