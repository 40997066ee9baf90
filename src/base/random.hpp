#pragma once
// Randomness comes in from outside (design §4): the system's in a shell, a seed in the simulator.

#include "base/bytes.hpp"
#include "base/secret.hpp"

namespace taut {

class Random {
 public:
  virtual ~Random() = default;
  /// Fills all of `out` with bytes fit for keys. Cannot fail: an implementation that has none stops.
  virtual void fill(MutableByteView out) = 0;

  template <class Value>
  Value make() {
    Value value;
    fill(value.fill());
    return value;
  }

  std::uint64_t u64() {
    std::array<Byte, 8> bytes{};
    fill(bytes);
    std::uint64_t value = 0;
    for (const Byte byte : bytes) value = value << 8 | byte;
    return value;
  }
};

}  // namespace taut
