#include "link/roster.hpp"

#include <doctest/doctest.h>

using namespace taut;
using namespace taut::link;

namespace {
NodeId node(Byte value) {
  NodeId id;
  id.fill()[0] = value;
  return id;
}
Instant at(Duration since_start) { return Instant{since_start}; }
using Links = std::vector<Roster::LinkNumber>;
}  // namespace

TEST_CASE("a peer has two half-open links at most: the oldest goes, others are not touched") {
  Roster roster;
  CHECK(roster.claimed(1, node(1)) == std::nullopt);
  CHECK(roster.claimed(2, node(1)) == std::nullopt);
  CHECK(roster.claimed(3, node(2)) == std::nullopt);
  CHECK(roster.claimed(4, node(1)) == 1);
  CHECK(roster.claimed(5, node(1)) == 2);
  CHECK(roster.half_open_count() == 3);
  roster.settled(4, node(1));
  CHECK(roster.claimed(6, node(1)) == std::nullopt);
  CHECK(roster.claimed(7, node(1)) == 5);
}

TEST_CASE("replayed first messages do not keep the peer itself out") {
  Roster roster;
  for (Roster::LinkNumber link = 1; link <= 100; ++link) roster.claimed(link, node(1));
  CHECK(roster.claimed(101, node(1)) == 99);  // the peer's own link is held
  roster.settled(101, node(1));
  CHECK(roster.replace(node(1), 101, at({})) == std::nullopt);
  CHECK(roster.current(node(1)) == 101);
}

TEST_CASE("claims alone replace nothing") {
  Roster roster;
  roster.replace(node(1), 1, at({}));
  roster.claimed(2, node(1));
  CHECK(roster.current(node(1)) == 1);
  CHECK(roster.next_deadline() == std::nullopt);
}

TEST_CASE("a session that was replaced is received from for 30 s more") {
  Roster roster;
  roster.replace(node(1), 1, at(0s));
  CHECK(roster.replace(node(1), 1, at(1s)) == std::nullopt);
  CHECK(roster.replace(node(1), 2, at(10s)) == 1);
  CHECK(roster.current(node(1)) == 2);
  CHECK(roster.replace(node(1), 3, at(20s)) == 2);
  CHECK(roster.next_deadline() == at(40s));
  CHECK(roster.tick(at(39s)).empty());
  CHECK(roster.tick(at(40s)) == Links{1});
  CHECK(roster.tick(at(49s)).empty());
  CHECK(roster.tick(at(60s)) == Links{2});
  CHECK(roster.next_deadline() == std::nullopt);
}

TEST_CASE("a link that is gone leaves nothing behind") {
  Roster roster;
  roster.claimed(1, node(1));
  roster.replace(node(2), 2, at(0s));
  roster.replace(node(2), 3, at(1s));
  roster.closed(1, node(1));
  roster.closed(2, node(2));
  CHECK(roster.current(node(2)) == 3);
  roster.closed(3, node(2));
  CHECK(roster.half_open_count() == 0);
  CHECK(roster.current(node(2)) == std::nullopt);
  CHECK(roster.next_deadline() == std::nullopt);
  CHECK(roster.tick(at(1h)).empty());
}
