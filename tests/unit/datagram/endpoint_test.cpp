#include "machines.hpp"

using namespace taut;
using namespace taut::datagram;
using namespace taut::datagram::test_world;

TEST_CASE("a link opens in one round trip, and both ends know each other") {
  Pair pair(1);
  REQUIRE(pair.open());
  CHECK(pair.server.endpoint.peer(pair.server.opened[0])->node_id == pair.client.identity.node_id());
  CHECK(pair.client.endpoint.peer(pair.link)->node_id == pair.server.identity.node_id());
  CHECK(pair.client.endpoint.peer(pair.link)->session_id ==
        pair.server.endpoint.peer(pair.server.opened[0])->session_id);
  CHECK(pair.world.recorded[0].second.size() <= kDatagramBytesMax);
  CHECK(pair.world.recorded[1].second.size() <= pair.world.recorded[0].second.size());  // no amplification
}

TEST_CASE("frames of every size arrive once and in order over a path that loses a third") {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    CAPTURE(seed);
    Pair pair(seed, 30);
    REQUIRE(pair.open());
    std::vector<Bytes> sent;
    const auto step = [&] {
      while (sent.size() < 60) {
        const Bytes frame = frame_of(1 + sent.size() * sent.size() * 13 % 6'000, sent.size());
        if (!pair.client.endpoint.send(pair.link, frame)) break;
        sent.push_back(frame);
      }
      return pair.server.frames.size() == 60;
    };
    CHECK(pair.world.run(step));
    CHECK(pair.server.frames == sent);
  }
}

TEST_CASE("close: both ends say clean, also when packets are lost, and nothing is left") {
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U, 5U, 6U}) {
    CAPTURE(seed);
    Pair pair(seed, 25);
    REQUIRE(pair.open());
    REQUIRE(pair.client.endpoint.send(pair.link, frame_of(5'000, 1)).has_value());
    pair.client.endpoint.close(pair.link, pair.world.now);
    CHECK(pair.client.endpoint.send(pair.link, Bytes(1)).error().code == Errc::unavailable);
    pair.world.run([&] { return false; }, 60s);
    REQUIRE(pair.client.closed.size() == 1);
    REQUIRE(pair.server.closed.size() == 1);
    CHECK(pair.client.closed[0].second.ending == link::Ending::clean);
    CHECK(pair.server.closed[0].second.ending == link::Ending::clean);
    CHECK(pair.server.frames.size() == 1);
    CHECK(pair.client.endpoint.link_count() == 0);
    CHECK(pair.server.endpoint.link_count() == 0);
    CHECK_FALSE(pair.server.endpoint.next_deadline().has_value());
  }
}

TEST_CASE("a closed link waits for its timer, and the timer moves on") {
  Pair pair(1);
  REQUIRE(pair.open());
  pair.client.endpoint.close(pair.link, pair.world.now);
  REQUIRE(pair.world.run([&] { return !pair.server.closed.empty(); }));
  // The client is gone before it could acknowledge the server's end.
  Endpoint& server = pair.server.endpoint;
  Instant now = pair.world.now;
  LinkEvents events;
  PeerAddress to;
  int ticks = 0;
  for (Bytes out; server.link_count() > 0 && ticks < 200; ++ticks) {
    while (server.next_datagram(to, out, now)) {
    }
    now = std::max(now, server.next_deadline().value());
    server.tick(now, kWall, events);
  }
  CHECK(server.link_count() == 0);
  CHECK(ticks < 50);
}

TEST_CASE("a replayed initiation opens nothing and replaces nothing") {
  Pair pair(1);
  REQUIRE(pair.open());
  const Bytes initiation = pair.world.recorded[0].second;
  for (std::uint8_t i = 0; i < 5; ++i)
    pair.world.inject(address_of(9, 1000 + i), pair.server.address, initiation);
  REQUIRE(pair.client.endpoint.send(pair.link, Bytes(10)).has_value());
  pair.world.run([&] { return false; }, 5s);
  CHECK(pair.server.opened.size() == 1);
  CHECK(pair.server.endpoint.half_open_count() <= kHalfOpenPerPeerMax);
  CHECK(pair.server.frames.size() == 1);
  pair.world.run([&] { return false; }, 2 * kHandshakeDeadline);
  CHECK(pair.server.endpoint.half_open_count() == 0);
}

TEST_CASE("recorded packets, sent again, change nothing") {
  Pair pair(1);
  REQUIRE(pair.open());
  REQUIRE(pair.client.endpoint.send(pair.link, Bytes(10)).has_value());
  pair.world.run([&] { return pair.server.frames.size() == 1; });
  const auto recorded = pair.world.recorded;
  for (const auto& [from, datagram] : recorded) {
    pair.world.inject(address_of(66), pair.server.address, datagram);
    pair.world.inject(address_of(66), pair.client.address, datagram);
  }
  REQUIRE(pair.client.endpoint.send(pair.link, Bytes(11)).has_value());
  pair.world.run([&] { return false; }, 5s);
  REQUIRE(pair.server.frames.size() == 2);
  CHECK(pair.server.closed.empty());
  CHECK(*pair.server.endpoint.address(pair.server.opened[0]) == pair.client.address);
}

TEST_CASE("every flipped bit of a packet is dropped, and the link goes on") {
  Pair pair(1);
  REQUIRE(pair.open());
  REQUIRE(pair.client.endpoint.send(pair.link, frame_of(100, 3)).has_value());
  pair.world.run([&] { return pair.server.frames.size() == 1; });
  const auto is_data = [](const auto& one) { return one.second[0] == static_cast<Byte>(PacketType::data); };
  const auto data = std::ranges::find_if(pair.world.recorded, is_data);
  REQUIRE(data != pair.world.recorded.end());
  const Bytes original = data->second;
  LinkEvents events;
  for (std::size_t bit = 0; bit < original.size() * 8; ++bit) {
    Bytes flipped = original;
    flipped[bit / 8] = static_cast<Byte>(flipped[bit / 8] ^ 1 << bit % 8);
    pair.server.endpoint.receive(address_of(66), flipped, pair.world.now, kWall, events);
  }
  CHECK(events.empty());
  REQUIRE(pair.client.endpoint.send(pair.link, Bytes(5)).has_value());
  CHECK(pair.world.run([&] { return pair.server.frames.size() == 2; }));
}

TEST_CASE("a client that changes its address is followed, once it is authentic") {
  Pair pair(1);
  REQUIRE(pair.open());
  pair.client.address = address_of(77, 5555);
  REQUIRE(pair.client.endpoint.send(pair.link, Bytes(10)).has_value());
  CHECK(pair.world.run([&] { return pair.server.frames.size() == 1; }));
  CHECK(*pair.server.endpoint.address(pair.server.opened[0]) == pair.client.address);
  REQUIRE(pair.server.endpoint.send(pair.server.opened[0], Bytes(20)).has_value());
  CHECK(pair.world.run([&] { return pair.client.frames.size() == 1; }));
}

TEST_CASE("keys are renewed while the stream goes on, also over a lossy path") {
  for (const unsigned lost : {0U, 20U}) {
    CAPTURE(lost);
    Pair pair(4, lost);
    REQUIRE(pair.open());
    std::size_t sent = 0;
    for (int minute = 0; minute < 10; ++minute) {
      CAPTURE(minute);
      REQUIRE(pair.client.endpoint.send(pair.link, frame_of(100, sent++)).has_value());
      REQUIRE(pair.server.endpoint.send(pair.server.opened[0], frame_of(100, 99)).has_value());
      pair.world.run([] { return false; }, 60s);
    }
    CHECK(pair.server.frames.size() == sent);
    CHECK(pair.client.frames.size() == sent);
    CHECK(pair.server.closed.empty());
    CHECK(pair.server.opened.size() == 1);
    CHECK(pair.server.endpoint.counters().handshakes >= 4);
  }
}

TEST_CASE("an idle link costs no packet, and wakes up with old keys renewed") {
  Pair pair(1);
  REQUIRE(pair.open());
  pair.world.run([] { return false; }, 10s);
  const std::size_t packets = pair.world.recorded.size();
  pair.world.run([] { return false; }, 3600s);
  CHECK(pair.world.recorded.size() == packets);
  REQUIRE(pair.server.endpoint.send(pair.server.opened[0], Bytes(3)).has_value());
  CHECK(pair.world.run([&] { return pair.client.frames.size() == 1; }));
  pair.world.run([] { return false; }, 30s);
  CHECK(pair.server.endpoint.counters().handshakes == 2);
}

TEST_CASE("keep-alive speaks as often as it was asked to") {
  Pair pair(1);
  REQUIRE(pair.open());
  pair.client.endpoint.keep_alive(pair.link, 25s, pair.world.now);
  const std::size_t before = pair.world.recorded.size();
  pair.world.run([] { return false; }, 100s);
  const std::size_t packets = pair.world.recorded.size() - before;
  CHECK(packets >= 8);
  CHECK(packets <= 20);
}

TEST_CASE("nobody there: the call ends late") {
  Pair pair(1, 100);
  pair.world.run([] { return false; }, 60s);
  REQUIRE(pair.client.closed.size() == 1);
  CHECK(pair.client.closed[0].second.ending == link::Ending::late);
  CHECK(pair.client.endpoint.link_count() == 0);
}

TEST_CASE("a peer that vanishes is noticed when something is to be said") {
  Pair pair(1);
  REQUIRE(pair.open());
  pair.world.machines = {&pair.client};
  REQUIRE(pair.client.endpoint.send(pair.link, Bytes(3)).has_value());
  pair.world.run([] { return false; }, 120s);
  REQUIRE(pair.client.closed.size() == 1);
  CHECK(pair.client.closed[0].second.ending == link::Ending::cut);
}

TEST_CASE("under a flood of hellos cookies are asked for, and honest callers get through") {
  World world(5, 0);
  Machine server{2, {link::Purpose::dispatcher}};
  Machine honest{1};
  world.machines = {&server, &honest};
  // 500 callers' first packets, from addresses that never answer.
  LinkEvents events;
  PeerAddress to;
  Bytes out;
  std::size_t answered_bytes = 0;
  std::size_t asked_bytes = 0;
  for (std::uint16_t i = 0; i < 500; ++i) {
    Machine caller{1, {}, i + 1U};
    REQUIRE(caller.endpoint.dial(server.remote(), link::Purpose::dispatcher, server.address, world.now, kWall)
                .has_value());
    REQUIRE(caller.endpoint.next_datagram(to, out, world.now));
    PeerAddress spoofed = address_of(static_cast<std::uint8_t>(i), i);
    spoofed.ip[13] = static_cast<Byte>(i >> 8);
    server.endpoint.receive(spoofed, out, world.now, kWall, events);
    asked_bytes += out.size();
    while (server.endpoint.next_datagram(to, out, world.now)) answered_bytes += out.size();
  }
  CHECK(server.endpoint.counters().need_cookie > 200);
  CHECK(server.endpoint.half_open_count() <= kHalfOpenUnderLoad + 1);
  CHECK(answered_bytes < asked_bytes);
  CHECK(events.empty());

  const LinkId link =
      honest.endpoint.dial(server.remote(), link::Purpose::dispatcher, server.address, world.now, kWall)
          .value();
  CHECK(world.run([&] { return !honest.opened.empty() && !server.opened.empty(); }, 5s));
  CHECK(honest.endpoint.peer(link) != nullptr);
}

TEST_CASE("a caller of the wrong key, or for the wrong purpose, gets silence") {
  World world(6, 0);
  Machine server{2, {link::Purpose::dispatcher}};
  Machine other{3, {link::Purpose::dispatcher}};
  Machine client{1};
  world.machines = {&server, &client};
  REQUIRE(client.endpoint.dial(other.remote(), link::Purpose::dispatcher, server.address, world.now, kWall)
              .has_value());
  REQUIRE(client.endpoint.dial(server.remote(), link::Purpose::channel, server.address, world.now, kWall)
              .has_value());
  link::Remote mixed = server.remote();
  mixed.node_id = other.identity.node_id();  // a card that names another's key as its own
  REQUIRE(
      client.endpoint.dial(mixed, link::Purpose::dispatcher, server.address, world.now, kWall).has_value());
  world.run([] { return false; }, 30s);
  CHECK(client.opened.empty());
  CHECK(client.closed.size() == 3);
  CHECK(server.opened.empty());
  CHECK(server.endpoint.counters().refused >= 3);
  for (const auto& [from, datagram] : world.recorded) CHECK(from == client.address);
}

TEST_CASE("garbage of every length is dropped") {
  std::mt19937_64 engine(9);
  Machine server{2, {link::Purpose::dispatcher}};
  LinkEvents events;
  PeerAddress to;
  Bytes out;
  for (std::size_t i = 0; i < 20'000; ++i) {
    Bytes garbage(engine() % 1'300);
    for (Byte& byte : garbage) byte = static_cast<Byte>(engine());
    if (!garbage.empty() && i % 2 == 0) garbage[0] = static_cast<Byte>(1 + i / 2 % 4);
    server.endpoint.receive(address_of(5), garbage, Instant{}, kWall, events);
  }
  CHECK(events.empty());
  CHECK_FALSE(server.endpoint.next_datagram(to, out, Instant{}));
  CHECK(server.endpoint.link_count() == 0);
}
