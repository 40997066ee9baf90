// Once it is warm, sealing and opening allocate nothing.

#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "support/two_ends.hpp"

namespace {
std::atomic<std::size_t> allocations{0};

void* counted(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  std::abort();
}
}  // namespace

// NOLINTBEGIN(cppcoreguidelines-no-malloc,misc-new-delete-overloads): replaced for the whole test program
void* operator new(std::size_t size) { return counted(size); }
void* operator new[](std::size_t size) { return counted(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
// NOLINTEND(cppcoreguidelines-no-malloc,misc-new-delete-overloads)

using namespace taut;
using namespace taut::test;

TEST_CASE("the steady path of seal and open allocates nothing") {
  for (const SuiteId suite : {kDefaultSuite, SuiteId::x25519_chacha20poly1305_sha256_ed25519}) {
    TwoEnds ends(suite);
    ends.pump();
    const Bytes frame = frame_of(100);
    Bytes buffer(kFlushBytesMin);
    Events events;
    std::size_t frames = 0;
    const auto round = [&] {
      for (int i = 0; i < 10; ++i) (void)ends.a.link.send(frame);
      const std::size_t size = ends.a.link.flush(buffer, {}).value();
      events.clear();
      ends.b.link.receive(ByteView(buffer).first(size), {}, events);
      frames += events.size();
    };
    round();
    const std::size_t before = allocations;
    for (int i = 0; i < 1000; ++i) round();
    CHECK(allocations - before == 0);
    CHECK(frames == 10'010);
  }
}
