#include "datagram/address.hpp"

namespace taut::datagram {

std::array<Byte, 18> PeerAddress::bytes() const {
  std::array<Byte, 18> all{};
  std::ranges::copy(ip, all.begin());
  all[16] = static_cast<Byte>(port >> 8);
  all[17] = static_cast<Byte>(port);
  return all;
}

namespace {

bool is_v4(const std::array<Byte, 16>& ip) {
  constexpr std::array<Byte, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return std::ranges::equal(kMapped, ByteView(ip).first(kMapped.size()));
}

}  // namespace

bool PeerAddress::is_loopback() const {
  constexpr std::array<Byte, 16> kV6 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  return ip == kV6 || (is_v4(ip) && ip[12] == 127);
}

std::array<Byte, 16> PeerAddress::source() const {
  if (is_v4(ip)) return ip;
  std::array<Byte, 16> network{};
  std::ranges::copy(ByteView(ip).first(8), network.begin());
  return network;
}

}  // namespace taut::datagram
