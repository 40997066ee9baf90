#pragma once
// Where datagrams come from and go to: what a carrier knows of a peer, and all that it may be asked.

#include "base/bytes.hpp"

namespace taut::datagram {

/// An IPv6 address, or an IPv4 address mapped into one (RFC 4291 §2.5.5.2), and a port.
struct PeerAddress {
  std::array<Byte, 16> ip{};
  std::uint16_t port = 0;

  friend auto operator<=>(const PeerAddress&, const PeerAddress&) = default;

  /// The bytes that a cookie binds.
  std::array<Byte, 18> bytes() const;
  /// What limits count as one source: an IPv4 address, or the first 64 bits of an IPv6 one.
  std::array<Byte, 16> source() const;
  /// 127.0.0.0/8 and ::1: one of this machine's users, whom nobody can tell from the others.
  bool is_loopback() const;
};

}  // namespace taut::datagram
