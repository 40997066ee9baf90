// First messages can be repeated by whoever saw them.

#include "machines.hpp"

using namespace taut;
using namespace taut::datagram;
using namespace taut::datagram::test_world;

TEST_CASE("first messages that somebody repeats do not keep their sender out") {
  Pair pair(1);
  const auto dial = [&] {
    return pair.client.endpoint
        .dial(pair.server.remote(), link::Purpose::dispatcher, pair.server.address, pair.world.now, kWall)
        .value();
  };
  dial();
  REQUIRE(pair.world.run([&] { return pair.server.opened.size() == 2; }, 5s));
  std::vector<Bytes> first_messages;
  for (const auto& [from, datagram] : pair.world.recorded)
    if (datagram[0] == static_cast<Byte>(PacketType::initiation)) first_messages.push_back(datagram);
  REQUIRE(first_messages.size() == kHalfOpenPerPeerMax);

  for (const Bytes& repeated : first_messages)
    pair.world.inject(address_of(9), pair.server.address, repeated);
  pair.world.run([] { return false; }, 100ms);
  CHECK(pair.server.endpoint.half_open_count() == kHalfOpenPerPeerMax);
  CHECK(pair.server.opened.size() == 2);

  dial();
  CHECK(pair.world.run([&] { return pair.server.opened.size() == 3; }, 1s));
  CHECK(pair.server.endpoint.half_open_count() == kHalfOpenPerPeerMax - 1);
}
