// Initiations that look right from outside (their mac1 holds, as it does for anybody who has the
// dispatcher's link), each from another address, and none of them answered.

#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <thread>

#include "datagram/cookie.hpp"
#include "link/noise_names.hpp"
#include "load.hpp"

namespace taut::load {
namespace {

constexpr std::size_t kNoiseMessageBytes = 32 + 48 + 256 + 16;  // as a true one's
constexpr std::size_t kDifferent = 512;  ///< made beforehand: the flood is not to be ours
constexpr unsigned kBurstsPerSecond = 500;

Bytes initiation(const identity::Dispatcher& to, Random& random) {
  const auto protocol =
      link::link_protocol(link::kIk, crypto::SuiteId::x25519_aes128gcm_sha256_ed25519).value();
  Bytes noise(kNoiseMessageBytes);
  random.fill(noise);
  const link::Hello hello{1, static_cast<std::uint8_t>(link::Purpose::dispatcher), protocol.noise_name};
  const auto index = static_cast<datagram::SessionIndex>(random.u64() | 1);
  Bytes out = datagram::write_initiation_body(index, 0, hello, noise);
  append(out, datagram::mac1_of(datagram::CallKeys::of(to.link_key.key), out).view());
  append(out, datagram::Mac{}.view());
  return out;
}

struct Headers {
  iphdr ip{};
  udphdr udp{};
};

Bytes datagram_to(const identity::Address& to, ByteView payload) {
  Headers headers;
  headers.ip.version = 4;
  headers.ip.ihl = sizeof headers.ip / 4;
  headers.ip.ttl = 64;
  headers.ip.protocol = IPPROTO_UDP;
  inet_pton(AF_INET, to.host.c_str(), &headers.ip.daddr);
  headers.udp.dest = htons(to.port);
  headers.udp.len = htons(static_cast<std::uint16_t>(sizeof headers.udp + payload.size()));
  Bytes out(sizeof headers);
  std::memcpy(out.data(), &headers, sizeof headers);
  append(out, payload);
  return out;
}

/// Another sender: 100.64.0.0/10 is nobody's.
void respoof(Bytes& packet, Random& random) {
  const std::uint64_t drawn = random.u64();
  const std::uint32_t source = htonl(0x64400000U | (static_cast<std::uint32_t>(drawn) & 0x3fffffU));
  const auto port = htons(static_cast<std::uint16_t>(1024 + (drawn >> 40) % 60'000));
  std::memcpy(packet.data() + offsetof(Headers, ip) + offsetof(iphdr, saddr), &source, sizeof source);
  std::memcpy(packet.data() + offsetof(Headers, udp) + offsetof(udphdr, source), &port, sizeof port);
}

}  // namespace

int flood(const identity::Dispatcher& to, unsigned per_second, std::chrono::seconds time) {
  const int socket = ::socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
  if (socket < 0) {
    std::perror("raw socket");
    return 77;
  }
  run::SystemRandom random;
  std::vector<Bytes> packets;
  for (std::size_t i = 0; i < kDifferent; ++i)
    packets.push_back(datagram_to(to.addresses.front(), initiation(to, random)));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  inet_pton(AF_INET, to.addresses.front().host.c_str(), &address.sin_addr);

  std::size_t sent = 0;
  const Instant began = carrier::Loop::now();
  for (Instant now = began; now < began + time; now = carrier::Loop::now()) {
    const auto due =
        static_cast<std::size_t>(std::chrono::duration<double>(now - began).count() * per_second);
    for (; sent < due; ++sent) {
      Bytes& packet = packets[sent % packets.size()];
      respoof(packet, random);
      (void)::sendto(socket, packet.data(), packet.size(), 0, reinterpret_cast<const sockaddr*>(&address),
                     sizeof address);
    }
    std::this_thread::sleep_for(std::chrono::seconds(1) / kBurstsPerSecond);
  }
  ::close(socket);
  std::printf("{\"sent\":%zu}\n", sent);
  return 0;
}

}  // namespace taut::load
