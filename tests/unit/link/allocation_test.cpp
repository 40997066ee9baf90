// Once it is warm, sealing and opening allocate nothing.

#include "support/allocation_count.hpp"

#include <doctest/doctest.h>

#include "support/two_ends.hpp"

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
    const AllocationCount allocated;
    for (int i = 0; i < 1000; ++i) round();
    CHECK(allocated.bytes() == 0);
    CHECK(frames == 10'010);
  }
}
