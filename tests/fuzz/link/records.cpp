// Anything at all, to either end of a link that has no keys yet: nobody is authenticated, no frame
// comes out, one Closed at most, and no memory beyond what came in.
//
// Input: which end and how much of a true start comes first, size of the pieces, then bytes.

#include "link/stream_link.hpp"
#include "support/require.hpp"
#include "support/seeded_random.hpp"

using namespace taut;
using namespace taut::link;

namespace {

constexpr auto kSuite = crypto::SuiteId::x25519_aes128gcm_sha256_ed25519;
constexpr WallTime kNoon{1'700'000'000'000};

struct Node {
  explicit Node(std::uint64_t seed)
      : random(seed), identity(*identity::Identity::create(std::array{kSuite}, kNoon, random)) {}
  Local local() { return {identity, random}; }
  test::SeededRandom random;
  identity::Identity identity;
};

Bytes flushed(StreamLink& link) {
  Bytes buffer(kFlushBytesMin);
  buffer.resize(link.flush(buffer, {}).value());
  return buffer;
}

StreamLink dial(Node& alice, Node& bob) {
  const Remote remote{bob.identity.node_id(), kSuite, bob.identity.link_key(kSuite)->pair.public_key, 1};
  return *StreamLink::dial(alice.local(), remote, Purpose::peer, {}, kNoon);
}

/// True: the link is closed.
bool check(const Events& events, bool was_closed) {
  TAUT_REQUIRE(!was_closed || events.empty());
  std::size_t closed = 0;
  for (const Event& event : events) {
    TAUT_REQUIRE(!std::holds_alternative<PeerAuthenticated>(event));
    TAUT_REQUIRE(!std::holds_alternative<FrameReceived>(event));
    closed += std::holds_alternative<Closed>(event);
  }
  TAUT_REQUIRE(closed <= 1);
  return was_closed || closed == 1;
}

void feed(StreamLink& link, ByteView bytes, std::size_t piece_bytes) {
  bool is_closed = false;
  while (!bytes.empty()) {
    const std::size_t piece = std::min(piece_bytes, bytes.size());
    Events events;
    link.receive(bytes.first(piece), {}, events);
    is_closed = check(events, is_closed);
    bytes = bytes.subspan(piece);
  }
  Events events;
  link.receive_end(events);
  TAUT_REQUIRE(check(events, is_closed));
  TAUT_REQUIRE(link.is_over());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  static Node alice(1), bob(2);
  const ByteView rest = ByteView(data, size).subspan(2);
  const std::size_t piece_bytes = std::size_t{data[1]} + 1;
  StreamLink a = dial(alice, bob);
  if (data[0] % 4 == 0) {
    feed(a, rest, piece_bytes);
    return 0;
  }
  StreamLink b = StreamLink::accept(bob.local(), {Purpose::peer}, {}, kNoon);
  // 1: nothing; 2: a Hello; 3: a Hello and its message, as a replay would have them.
  const Bytes start = flushed(a);
  const std::size_t known = data[0] % 4 == 1 ? 0 : data[0] % 4 == 2 ? 36 : start.size();
  Events events;
  b.receive(ByteView(start).first(known), {}, events);
  TAUT_REQUIRE(!check(events, false));
  feed(b, rest, piece_bytes);
  return 0;
}
