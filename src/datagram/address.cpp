#include "datagram/address.hpp"

namespace taut::datagram {

std::array<Byte, 18> PeerAddress::bytes() const {
  std::array<Byte, 18> all{};
  std::ranges::copy(ip, all.begin());
  all[16] = static_cast<Byte>(port >> 8);
  all[17] = static_cast<Byte>(port);
  return all;
}

std::array<Byte, 16> PeerAddress::source() const {
  constexpr std::array<Byte, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (std::ranges::equal(kMapped, ByteView(ip).first(kMapped.size()))) return ip;
  std::array<Byte, 16> network{};
  std::ranges::copy(ByteView(ip).first(8), network.begin());
  return network;
}

}  // namespace taut::datagram
