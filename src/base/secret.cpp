#include "base/secret.hpp"

#include <string.h>  // explicit_bzero is POSIX, not C++

namespace taut {

void wipe(MutableByteView bytes) {
  if (!bytes.empty()) explicit_bzero(bytes.data(), bytes.size());
}

bool equals_in_constant_time(ByteView a, ByteView b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) difference |= static_cast<unsigned>(a[i] ^ b[i]);
  // Read through a volatile, so that no compiler turns the loop into an early exit.
  const volatile unsigned result = difference;
  return result == 0;
}

}  // namespace taut
