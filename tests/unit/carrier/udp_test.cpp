#include "carrier/udp.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

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

namespace {

/// Whose answer a client gets that asks at `host`, where a socket at `at` answers.
std::string answers_from(const char* at, const char* host, UdpSocket::Source source) {
  Loop loop;
  Timer give_up(loop, [&] { loop.stop(); });
  give_up.arm(Loop::now() + std::chrono::seconds(10));
  std::unique_ptr<UdpSocket> echo;
  const auto answer = [&](const PeerAddress& from, ByteView bytes) { echo->send(from, bytes); };
  echo = UdpSocket::bind(loop, {at, 0}, answer, source).value();
  std::string who;
  const auto asking = UdpSocket::bind(loop, {"0.0.0.0", 0}, [&](const PeerAddress& from, ByteView) {
                        who = carrier::address_of(from).host;
                        loop.stop();
                      }).value();
  resolve_udp(loop, {host, echo->address().port},
              [&](auto found) { asking->send(found->front(), Bytes{1, 2, 3}); });
  loop.run();
  return who;
}

struct Opened {
  explicit Opened(int kind) : descriptor(::socket(AF_INET, kind, 0)) {}
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
  ~Opened() { ::close(descriptor); }
  int bound() const {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    ::bind(descriptor, reinterpret_cast<const sockaddr*>(&at), sizeof at);
    return descriptor;
  }
  int descriptor;
};

}  // namespace

TEST_CASE("a socket at all addresses answers from the one that was asked") {
  using Source = UdpSocket::Source;
  CHECK(answers_from("0.0.0.0", "127.0.0.2", Source::routed) == "127.0.0.1");  // what is wrong with it
  CHECK(answers_from("0.0.0.0", "127.0.0.2", Source::asked) == "127.0.0.2");
  CHECK(answers_from("::", "127.0.0.3", Source::asked) == "127.0.0.3");
  CHECK(answers_from("127.0.0.4", "127.0.0.4", Source::asked) == "127.0.0.4");
}

TEST_CASE("an address that we have no more is no reason not to answer") {
  Loop loop;
  Timer give_up(loop, [&] { loop.stop(); });
  give_up.arm(Loop::now() + std::chrono::seconds(10));
  Bytes received;
  const auto client = UdpSocket::bind(loop, {"127.0.0.1", 0}, [&](const PeerAddress&, ByteView bytes) {
                        received = to_bytes(bytes);
                        loop.stop();
                      }).value();
  const auto server = UdpSocket::bind(loop, {"0.0.0.0", 0}, nullptr, UdpSocket::Source::asked).value();
  resolve_udp(loop, client->address(), [&](auto found) {
    PeerAddress to = found->front();
    to.asked = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1};
    server->send(to, Bytes{7});
  });
  loop.run();
  CHECK(received == Bytes{7});
}

TEST_CASE("a socket that somebody has bound for us is taken over; anything else is not") {
  Loop loop;
  Opened datagrams(SOCK_DGRAM);
  CHECK(UdpSocket::adopt(loop, datagrams.descriptor, nullptr).error().reason == taut::reasons::kNotListening);
  const auto adopted = UdpSocket::adopt(loop, datagrams.bound(), nullptr);
  REQUIRE(adopted.has_value());
  CHECK((*adopted)->address().host == "127.0.0.1");
  CHECK((*adopted)->address().port != 0);
  Opened stream(SOCK_STREAM);
  CHECK(UdpSocket::adopt(loop, stream.bound(), nullptr).error().reason == taut::reasons::kNotListening);
  CHECK(UdpSocket::adopt(loop, -1, nullptr).error().reason == taut::reasons::kNotListening);
}
