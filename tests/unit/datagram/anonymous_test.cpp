// NK over datagrams: who begins a link without a name, and what cannot be done without one.

#include "datagram/cookie.hpp"
#include "link/handshake.hpp"
#include "machines.hpp"

using namespace taut;
using namespace taut::datagram;
using namespace taut::datagram::test_world;

namespace {

constexpr link::Purposes kServed = link::Purposes{link::Purpose::dispatcher}.or_anonymous();

struct Visit {
  explicit Visit(link::Purposes served = kServed) : server(2, served) {
    world.machines = {&client, &server};
    link::Remote remote = server.remote();
    remote.pattern = &link::kNk;
    link = client.endpoint.dial(remote, link::Purpose::dispatcher, server.address, world.now, kWall).value();
  }
  bool open() {
    return world.run([&] { return !client.opened.empty() && !server.opened.empty(); }, 20s);
  }
  Machine client{1};
  Machine server;
  World world{1, 0};
  LinkId link = 0;
};

}  // namespace

TEST_CASE(
    "a link without a name opens and carries frames both ways; its answer is no longer than its question") {
  Visit visit;
  REQUIRE(visit.open());
  CHECK(visit.client.endpoint.peer(visit.link)->node_id == visit.server.identity.node_id());
  const LinkId theirs = visit.server.opened[0];
  CHECK_FALSE(visit.server.endpoint.peer(theirs)->node_id);
  CHECK(visit.world.recorded[1].second.size() <= visit.world.recorded[0].second.size());
  REQUIRE(visit.client.endpoint.send(visit.link, Bytes(100)));
  REQUIRE(visit.server.endpoint.send(theirs, Bytes(200)));
  CHECK(visit.world.run([&] { return visit.client.frames.size() == 1 && visit.server.frames.size() == 1; }));
}

TEST_CASE("who serves only those with a name does not answer") {
  Visit visit({link::Purpose::dispatcher});
  CHECK_FALSE(visit.open());
  CHECK(visit.server.endpoint.counters().refused > 0);
  CHECK(visit.client.closed.size() == 1);
}

TEST_CASE("a link without a name is not renewed: who began it ends it well when its keys are old") {
  Visit visit;
  REQUIRE(visit.open());
  const auto chat = [&] {
    (void)visit.client.endpoint.send(visit.link, Bytes(10));
    return !visit.client.closed.empty() && !visit.server.closed.empty();
  };
  const Instant began = visit.world.now;
  while (!chat() && visit.world.now - began < 300s) visit.world.run([] { return false; }, 1s);
  REQUIRE(visit.client.closed.size() == 1);
  CHECK(visit.client.closed[0].second.ending == link::Ending::clean);
  CHECK(visit.server.closed[0].second.ending == link::Ending::clean);
  CHECK(visit.world.now - began >= kRekeyAfter);
  CHECK(visit.server.endpoint.counters().handshakes == 1);
}

TEST_CASE("nobody without a name takes a link over, his own or another's") {
  for (const bool named : {true, false}) {
    Visit visit;
    REQUIRE(visit.open());
    if (named) {
      visit.client.opened.clear(), visit.server.opened.clear();
      visit.client.endpoint
          .dial(visit.server.remote(), link::Purpose::dispatcher, visit.server.address, visit.world.now,
                kWall)
          .value();
      REQUIRE(visit.open());
    }
    // Their index is in every packet to them.
    const auto& recorded = visit.world.recorded;
    const auto is_theirs = [&](const auto& one) {
      return one.first == visit.client.address && one.second[0] == static_cast<Byte>(PacketType::data);
    };
    const auto last = std::ranges::find_if(recorded.rbegin(), recorded.rend(), is_theirs);
    REQUIRE(last != recorded.rend());
    const Data data = std::get<Data>(read_packet(last->second).value());

    link::Remote remote = visit.server.remote();
    remote.pattern = &link::kNk;
    const auto protocol = link::link_protocol(link::kNk, kSuites[0]).value();
    const link::Hello hello{1, static_cast<std::uint8_t>(link::Purpose::dispatcher), protocol.noise_name};
    const link::Local local{visit.client.identity, visit.client.random};
    auto handshake = link::Handshake::initiate(
        local, protocol, remote, hello,
        datagram_prologue(hello, visit.server.identity.node_id(), data.receiver_index), kWall);
    REQUIRE(handshake);
    Bytes body = write_initiation_body(77, data.receiver_index, hello, handshake->write().value());
    append(body, mac1_of(CallKeys::of(remote.link_key.view()), body).view());
    append(body, Mac{}.view());
    const auto before = visit.server.endpoint.counters();
    visit.world.inject(address_of(9), visit.server.address, body);
    visit.world.run([] { return false; }, 1s);
    CHECK(visit.server.endpoint.counters().handshakes == before.handshakes);
    CHECK(visit.server.endpoint.counters().refused == before.refused + 1);
  }
}
