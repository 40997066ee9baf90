#include "carrier/udp.hpp"

#include <doctest/doctest.h>

using namespace taut;
using namespace taut::carrier;
using datagram::PeerAddress;

TEST_CASE("datagrams go both ways between two sockets, IPv4 and IPv6") {
  for (const char* host : {"127.0.0.1", "::1"}) {
    CAPTURE(host);
    Loop loop;
    Timer give_up(loop, [&] { loop.stop(); });
    give_up.arm(Loop::now() + std::chrono::seconds(10));
    std::unique_ptr<UdpSocket> echo;
    auto bound = UdpSocket::bind(loop, {host, 0}, [&](const PeerAddress& from, ByteView bytes) {
      Bytes answer(bytes.rbegin(), bytes.rend());
      echo->send(from, answer);
    });
    REQUIRE(bound.has_value());
    echo = *std::move(bound);
    Bytes received;
    auto asking = UdpSocket::bind(loop, {host, 0}, [&](const PeerAddress&, ByteView bytes) {
      received = to_bytes(bytes);
      loop.stop();
    });
    REQUIRE(asking.has_value());
    resolve_udp(loop, echo->address(), [&](auto found) {
      REQUIRE(found.has_value());
      CHECK(carrier::address_of(found->front()) == echo->address());
      (*asking)->send(found->front(), Bytes{1, 2, 3});
    });
    loop.run();
    CHECK(received == Bytes{3, 2, 1});
  }
}

TEST_CASE("a port that is taken, an address that is not ours, a name") {
  Loop loop;
  const auto first = UdpSocket::bind(loop, {"127.0.0.1", 0}, nullptr);
  REQUIRE(first.has_value());
  CHECK(UdpSocket::bind(loop, (*first)->address(), nullptr).error().reason == taut::reasons::kAddressInUse);
  CHECK(UdpSocket::bind(loop, {"192.0.2.1", 0}, nullptr).error().reason == taut::reasons::kAddressNotOurs);
  CHECK(UdpSocket::bind(loop, {"example.invalid", 0}, nullptr).error().code == Errc::malformed);
}
