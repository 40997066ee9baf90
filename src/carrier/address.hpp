#pragma once
// Where a carrier reaches a peer: `host:port`, with brackets around an IPv6 address.

#include <cstdint>
#include <string>

#include "base/result.hpp"

namespace taut::carrier {

inline constexpr std::size_t kHostBytesMax = 253;  ///< longest name of the DNS (RFC 1035 §2.3.4)

struct Address {
  std::string host;  ///< a name, an IPv4 or an IPv6 address, without brackets
  std::uint16_t port = 0;
  friend bool operator==(const Address&, const Address&) = default;
};

/// @errors malformed: no port, a port that is not 0..65535 in plain digits, an empty or too long host,
///         an IPv6 address without brackets, characters that no host has
Result<Address> address_from_text(std::string_view text);
std::string to_text(const Address& address);

/// 127.0.0.0/8, ::1 and the name `localhost`: what other machines cannot reach.
bool is_loopback(const Address& address);
/// 0.0.0.0 and ::, which name every address of this machine and so none that a peer could dial.
bool is_any(const Address& address);

}  // namespace taut::carrier
