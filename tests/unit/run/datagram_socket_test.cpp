// Links between two UDP sockets: order, back-pressure, what is out of our hands, and the end.

#include "run/datagram_socket.hpp"

#include <doctest/doctest.h>

#include "link/reasons.hpp"
#include "run/clocks.hpp"
#include "run/datagram_connection.hpp"
#include "run/system_random.hpp"

namespace taut::run {
namespace {

using carrier::Loop;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::array kSuites{crypto::SuiteId::x25519_aes128gcm_sha256_ed25519};
constexpr std::size_t kFrameBytes = 50'000;

/// One end of a link, with what it was told.
struct End final : Link::Owner {
  void on_authenticated(const link::Peer&) override { is_open = true; }
  void on_frame(ByteView frame) override {
    CHECK(frame.size() == kFrameBytes);
    CHECK(frame[0] == static_cast<Byte>(received));
    ++received;
  }
  void on_sent(std::size_t bytes) override { sent_bytes += bytes; }
  void on_ended(const link::Closed& closed) override { ended = closed; }

  bool is_open = false;
  std::size_t received = 0;
  std::size_t sent_bytes = 0;
  std::optional<link::Closed> ended;
  std::unique_ptr<Link> link;
};

struct World {
  World() {
    local_bob.limits.queue_bytes_max = std::size_t{8} << 20;
    local_alice.limits.queue_bytes_max = std::size_t{8} << 20;
    const auto accept = [this](datagram::LinkId id, const link::Peer& peer) {
      CHECK(peer.node_id == alice_identity.node_id());
      bob.link = std::make_unique<DatagramConnection>(*bob_socket, id, bob);
      bob.on_authenticated(peer);
    };
    bob_socket = bind(local_bob, {link::Purpose::dispatcher}, accept);
    alice_socket = bind(local_alice, {}, nullptr);
  }

  std::unique_ptr<DatagramSocket> bind(const link::Local& local, link::Purposes served,
                                       DatagramSocket::Accept accept) {
    auto bound = DatagramSocket::bind(loop, {"127.0.0.1", 0}, local, served, std::move(accept));
    REQUIRE(bound);
    return *std::move(bound);
  }
  identity::Identity identity() { return identity::Identity::create(kSuites, wall_time(), random).value(); }

  void dial() {
    const auto& theirs = *bob_identity.link_key(kSuites[0]);
    datagram::PeerAddress to;
    to.ip = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1};
    to.port = bob_socket->address().port;
    const auto id = alice_socket->dial({bob_identity.node_id(), kSuites[0], theirs.pair.public_key, 1},
                                       link::Purpose::dispatcher, to);
    REQUIRE(id);
    alice.link = std::make_unique<DatagramConnection>(*alice_socket, *id, alice);
  }
  template <class Done>
  bool run(Done done, Duration limit = seconds(10)) {
    const Instant until = Loop::now() + limit;
    while (!done() && Loop::now() < until) loop.drain(milliseconds(10));
    return done();
  }
  void send(End& end, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      Bytes frame(kFrameBytes);
      frame[0] = static_cast<Byte>(i);
      REQUIRE(end.link->send(frame));
    }
  }

  Loop loop;
  SystemRandom random;
  identity::Identity alice_identity = identity();
  identity::Identity bob_identity = identity();
  link::Local local_alice{.identity = alice_identity, .random = random};
  link::Local local_bob{.identity = bob_identity, .random = random};
  End alice;
  End bob;
  std::unique_ptr<DatagramSocket> bob_socket;
  std::unique_ptr<DatagramSocket> alice_socket;

  ~World() {  // links before their sockets
    alice.link.reset();
    bob.link.reset();
  }
};

TEST_CASE("frames given before the link is open, and many more than fit a window, arrive in order") {
  World world;
  world.dial();
  world.send(world.alice, 100);
  REQUIRE(world.run([&] { return world.bob.received == 100; }));
  CHECK(world.run([&] { return world.alice.sent_bytes == 100 * kFrameBytes; }));
  world.send(world.bob, 20);
  CHECK(world.run([&] { return world.alice.received == 20; }));
}

TEST_CASE("a queue that is full takes no more") {
  World world;
  world.dial();
  Status last;
  std::size_t taken = 0;
  for (; last && taken < 1000; ++taken) last = world.alice.link->send(Bytes(kFrameBytes));
  CHECK(last.error() == Error{Errc::exhausted, reasons::kQueueFull});
  CHECK(taken * kFrameBytes < (std::size_t{9} << 20));
}

TEST_CASE("who does not read holds the sender up, and loses nothing") {
  World world;
  world.dial();
  REQUIRE(world.run([&] { return world.bob.is_open; }));
  world.bob.link->pause_reading();
  world.send(world.alice, 20);
  world.alice.link->close();
  CHECK_FALSE(world.run([&] { return world.bob.received > 0; }, milliseconds(300)));
  CHECK(world.alice.sent_bytes < 20 * kFrameBytes);
  world.bob.link->resume_reading();
  CHECK(world.run([&] { return world.bob.received == 20 && world.alice.ended && world.bob.ended; }));
  CHECK(world.alice.ended->ending == link::Ending::clean);
  CHECK(world.bob.ended->ending == link::Ending::clean);
}

TEST_CASE("a connection that is dropped tells the other end") {
  World world;
  world.dial();
  REQUIRE(world.run([&] { return world.bob.is_open; }));
  SUBCASE("by who began it") {
    world.alice.link.reset();
    CHECK(world.run([&] { return world.bob.ended.has_value(); }));
    CHECK(world.bob.ended->ending == link::Ending::cut);
  }
  SUBCASE("by the other, whose socket goes with it") {
    world.bob.link.reset();
    world.bob_socket.reset();
    CHECK(world.run([&] { return world.alice.ended.has_value(); }));
    CHECK(world.alice.ended->ending == link::Ending::cut);
  }
}

TEST_CASE("nobody is let in when accepting is over") {
  World world;
  world.bob_socket->stop_accepting();
  world.dial();
  CHECK(world.run([&] { return world.alice.ended.has_value(); }));
  CHECK_FALSE(world.bob.link);
}

}  // namespace
}  // namespace taut::run
