#pragma once
// Where datagrams come from and go to: what a carrier knows of a peer, and all that it may be asked.

#include <tuple>

#include "base/bytes.hpp"

namespace taut::datagram {

/// An IPv6 address, or an IPv4 address mapped into one (RFC 4291 §2.5.5.2), and a port.
struct PeerAddress {
  std::array<Byte, 16> ip{};
  std::uint16_t port = 0;
  /// Our own address that the peer spoke to, from which it expects the answer; zeros: whichever. No part of
  /// who the peer is.
  std::array<Byte, 16> asked{};

  friend auto operator<=>(const PeerAddress& a, const PeerAddress& b) {
    return std::tie(a.ip, a.port) <=> std::tie(b.ip, b.port);
  }
  friend bool operator==(const PeerAddress& a, const PeerAddress& b) {
    return a.ip == b.ip && a.port == b.port;
  }

  /// The bytes that a cookie binds.
  std::array<Byte, 18> bytes() const;
  /// What limits count as one source: an IPv4 address, or the first 64 bits of an IPv6 one.
  std::array<Byte, 16> source() const;
  /// 127.0.0.0/8 and ::1: one of this machine's users, whom nobody can tell from the others.
  bool is_loopback() const;
};

}  // namespace taut::datagram
