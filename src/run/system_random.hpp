#pragma once
// The kernel's randomness, getrandom(2), through a small buffer that is wiped as it is used.

#include "base/random.hpp"

namespace taut::run {

/// One thread at a time. Ends the process where the kernel has none: nothing could be kept secret.
class SystemRandom final : public Random {
 public:
  ~SystemRandom() override;
  void fill(MutableByteView out) override;

 private:
  std::array<Byte, 256> buffer_{};
  std::size_t left_ = 0;  ///< unused bytes at the buffer's end
};

}  // namespace taut::run
