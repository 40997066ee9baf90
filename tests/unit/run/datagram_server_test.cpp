// A dispatcher on both carriers, and the nodes' way from one to the other.

#include "carrier/udp.hpp"
#include "server_world.hpp"

namespace taut::run {
namespace {

using namespace test_world;

ServerSettings only(Carrier carrier) {
  ServerSettings settings;
  settings.carriers = {carrier};
  return settings;
}

void exchange(World& world, Client& client) {
  world.run();
  REQUIRE(client.is_connected);
  CHECK(std::holds_alternative<frame::Hello>(client.last()));
  client.wanted = client.frames.size() + 100;
  for (std::uint64_t token = 0; token < 100; ++token)
    REQUIRE(client.link.send(frame::written(frame::Ping{.token = token})));
  world.run();
  CHECK(std::get<frame::Pong>(client.last()).token == 99);
}

void hang_up(World& world, Client& client) {
  client.link.hang_up();
  world.run();
  CHECK(client.ended == Error{Errc::unavailable, reasons::kEnded});
}

TEST_CASE("one port number serves both carriers, each with what it has") {
  World world;
  for (const Carrier carrier : {Carrier::udp, Carrier::tcp}) {
    Client client(world.loop, world.local, world.reach(world.post, {carrier}));
    exchange(world, client);
    CHECK(world.server->counters().connections == 1);
    hang_up(world, client);
  }
}

TEST_CASE("a node falls back from the carrier that is not served, whichever was preferred") {
  for (const Carrier served : {Carrier::tcp, Carrier::udp}) {
    World world(only(served));
    const Carrier other = served == Carrier::tcp ? Carrier::udp : Carrier::tcp;
    Client client(world.loop, world.local, world.reach(world.post, {other, served}));
    const Instant before = Loop::now();
    exchange(world, client);
    CHECK(Loop::now() - before < seconds(2));  // refused, and not waited for
    hang_up(world, client);
  }
}

TEST_CASE("datagrams into nowhere: the node takes the next address when its time is over") {
  World world(only(Carrier::tcp));
  const auto nowhere = carrier::UdpSocket::bind(world.loop, world.server->address(), nullptr);
  REQUIRE(nowhere);
  world.local.limits.handshake_deadline = milliseconds(300);
  Client client(world.loop, world.local, world.reach(world.post, {Carrier::udp, Carrier::tcp}));
  const Instant before = Loop::now();
  exchange(world, client);
  CHECK(Loop::now() - before >= milliseconds(300));
  hang_up(world, client);
}

TEST_CASE("nobody on either carrier: what the preferred one said is said, and at once") {
  World world;
  auto nobody = world.reach(world.post, {Carrier::udp, Carrier::tcp});
  const std::uint16_t free_port =
      carrier::UdpSocket::bind(world.loop, {"127.0.0.1", 0}, nullptr).value()->address().port;
  for (identity::Address& address : nobody.addresses) address.port = free_port;
  Client client(world.loop, world.local, nobody);
  const Instant before = Loop::now();
  world.run();
  CHECK(client.ended == Error{Errc::unavailable, reasons::kNobodyListens});
  CHECK(Loop::now() - before < seconds(2));
}

TEST_CASE("a dispatcher with another key has no answer for a datagram, and gets no frame") {
  World world;
  world.local.limits.handshake_deadline = milliseconds(300);
  const identity::Identity other = world.identity();
  Client client(world.loop, world.local, world.reach(other, {Carrier::udp, Carrier::tcp}));
  world.run();
  REQUIRE(client.ended);
  CHECK_FALSE(client.is_connected);
  CHECK(world.server->counters().frames_in == 0);
}

TEST_CASE("who does not say who he is gets a link on either carrier, and is refused what an owner may do") {
  for (const Carrier carrier : {Carrier::udp, Carrier::tcp}) {
    World world;
    Client client(world.loop, world.local, world.reach(world.post, {carrier}), Caller::anonymous);
    exchange(world, client);
    client.wanted = client.frames.size() + 1;
    frame::Release release;
    release.request = 3;
    release.ranges = {{1, 1}};
    REQUIRE(client.link.send(frame::written(release)));
    world.run();
    REQUIRE(std::holds_alternative<frame::Answer>(client.last()));
    CHECK(std::get<frame::Answer>(client.last()).status == frame::AnswerStatus::refused);
    CHECK(world.storage.store.nodes.empty());
    hang_up(world, client);
  }
}

TEST_CASE("hanging up ends it in every state, once") {
  World world;
  Client early(world.loop, world.local, world.reach(world.post, {Carrier::udp}));
  early.link.hang_up();
  world.run();
  CHECK(early.ended);
  Client handshaking(world.loop, world.local, world.reach(world.post, {Carrier::udp}));
  world.loop.post([&] { world.loop.post([&] { handshaking.link.hang_up(); }); });
  world.run();
  CHECK(handshaking.ended);
  CHECK_FALSE(handshaking.is_connected);
}

TEST_CASE("stopping says goodbye over datagrams too, and ends well") {
  World world;
  Client client(world.loop, world.local, world.reach(world.post, {Carrier::udp}));
  world.run();
  client.wanted = 2;
  bool stopped = false;
  const Instant before = Loop::now();
  world.loop.post([&] {
    world.server->stop([&] {
      stopped = true;
      world.loop.stop();
    });
  });
  while (!stopped || !client.ended) world.run();
  REQUIRE(std::holds_alternative<frame::Goodbye>(client.last()));
  CHECK(client.ended == Error{Errc::unavailable, reasons::kEnded});
  CHECK(Loop::now() - before < seconds(2));
}

}  // namespace
}  // namespace taut::run
