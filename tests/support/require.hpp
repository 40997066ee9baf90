#pragma once
// What a fuzz target claims: kept in every build type, and it ends the process when it does not hold.

#include <cstdio>
#include <cstdlib>

namespace taut::test {

[[noreturn]] inline void require_failed(const char* what, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
  std::abort();
}

}  // namespace taut::test

#define TAUT_REQUIRE(...) \
  ((__VA_ARGS__) ? static_cast<void>(0) : ::taut::test::require_failed(#__VA_ARGS__, __FILE__, __LINE__))
