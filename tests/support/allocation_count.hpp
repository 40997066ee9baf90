#pragma once
// How much a piece of code allocates: include in one source file of a test, which then counts.

#include <cstddef>
#include <cstdlib>
#include <new>

namespace taut::test {

/// Counts what is allocated on this thread while it lives.
class AllocationCount {
 public:
  AllocationCount() : start_(total()) {}
  std::size_t bytes() const { return total() - start_; }

  static std::size_t& total() {
    thread_local std::size_t bytes = 0;
    return bytes;
  }

 private:
  std::size_t start_;
};

}  // namespace taut::test

// ThreadSanitizer has its own; under it nothing is counted.
#ifdef __has_feature
#define TAUT_TEST_COUNTS !__has_feature(thread_sanitizer)
#else
#define TAUT_TEST_COUNTS 1
#endif
#if TAUT_TEST_COUNTS
void* operator new(std::size_t size) {
  taut::test::AllocationCount::total() += size;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
#endif
