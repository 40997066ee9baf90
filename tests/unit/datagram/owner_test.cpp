// What an owner asks of a link: to wait, to go away at once, and to say when nobody answers any more.

#include "machines.hpp"

using namespace taut;
using namespace taut::datagram;
using namespace taut::datagram::test_world;

TEST_CASE("a paused link holds back frames and its end; the sender stops at the window; then all comes") {
  Pair pair(1, 10);
  REQUIRE(pair.open());
  const LinkId theirs = pair.server.opened[0];
  pair.server.endpoint.pause(theirs);
  std::size_t sent = 0;
  const auto fill = [&] {
    while (sent < 100 && pair.client.endpoint.send(pair.link, frame_of(10'000, sent))) ++sent;
    return sent == 100;
  };
  CHECK_FALSE(pair.world.run(fill, 30s));
  CHECK(sent * 10'000 <= 2 * kStreamWindowBytes);  // theirs and ours
  CHECK(pair.server.frames.empty());

  const auto resume = [&] {
    LinkEvents events;
    pair.server.endpoint.resume(theirs, pair.world.now, events);
    pair.server.note(events);
  };
  resume();
  CHECK(pair.world.run([&] { return fill() && pair.server.frames.size() == 100; }));
  pair.server.endpoint.pause(theirs);
  pair.client.endpoint.close(pair.link, pair.world.now);
  CHECK_FALSE(pair.world.run([&] { return !pair.server.closed.empty(); }, 5s));
  resume();
  CHECK(pair.server.closed.size() == 1);
  CHECK(pair.world.run([&] { return pair.client.closed.size() == 1; }));
  CHECK(pair.client.closed[0].second.ending == link::Ending::clean);
}

TEST_CASE("an abandoned link ends the other end too, and says nothing to its own owner") {
  Pair pair(1);
  REQUIRE(pair.open());
  pair.client.endpoint.abandon(pair.link, pair.world.now);
  CHECK(pair.world.run([&] { return !pair.server.closed.empty(); }, 1s));
  CHECK(pair.server.closed[0].second.ending == link::Ending::cut);
  CHECK(pair.client.closed.empty());
  pair.world.run([] { return false; }, 60s);
  CHECK(pair.client.endpoint.link_count() == 0);
}

TEST_CASE("a path that goes dead is noticed after 15 s, and not before; an idle link does not mind") {
  Pair pair(1);
  REQUIRE(pair.open());
  pair.world.run([] { return false; }, 5s);
  pair.world.machines = {&pair.client};  // whatever is sent to the server is lost
  pair.world.run([] { return false; }, 3600s);
  CHECK(pair.client.closed.empty());

  REQUIRE(pair.client.endpoint.send(pair.link, Bytes(100)));
  const Instant sent = pair.world.now;
  REQUIRE(pair.world.run([&] { return !pair.client.closed.empty(); }, 60s));
  CHECK(pair.client.closed[0].second.ending == link::Ending::cut);
  CHECK(pair.world.now - sent >= kUnansweredMax);
  CHECK(pair.world.now - sent < kUnansweredMax + 2 * kProbeDelayMax);
}

TEST_CASE("a path that comes back within that time goes on, and soon") {
  Pair pair(1);
  REQUIRE(pair.open());
  pair.world.run([] { return false; }, 5s);
  pair.world.machines = {&pair.client};
  REQUIRE(pair.client.endpoint.send(pair.link, Bytes(100)));
  pair.world.run([] { return false; }, 12s);
  pair.world.machines = {&pair.client, &pair.server};
  CHECK(pair.world.run([&] { return pair.server.frames.size() == 1; }, kProbeDelayMax + 100ms));
}

TEST_CASE("a tick that comes late, as ticks do, ends, and what was due goes out after it") {
  Pair pair(1);
  REQUIRE(pair.open());
  REQUIRE(pair.client.endpoint.send(pair.link, Bytes(100)));
  CHECK(pair.world.run([&] { return pair.server.frames.size() == 1; }));
  // The server owes an acknowledgement; its owner is busy with other things meanwhile.
  const auto due = pair.server.endpoint.next_deadline();
  REQUIRE(due);
  LinkEvents events;
  pair.server.endpoint.tick(*due + 1s, kWall, events);
  PeerAddress to;
  Bytes out;
  CHECK(pair.server.endpoint.next_datagram(to, out, *due + 1s));
}
