#pragma once
// Where a dispatcher listens.
//
//   struct {
//     uint8 carrier;       1 tcp, 2 udp; others are kept and passed over
//     opaque host<V>;      IPv4 or IPv6 literal, or a DNS name; 1..253 characters of [0-9A-Za-z.:_%-]
//     uint16 port;         not 0
//   } Address;

#include <string>

#include "base/result.hpp"
#include "wire/reader.hpp"
#include "wire/writer.hpp"

namespace taut::identity {

enum class Carrier : std::uint8_t { tcp = 1, udp = 2 };

struct Address {
  Carrier carrier = Carrier::tcp;  ///< may hold a number that we do not know
  std::string host;
  std::uint16_t port = 0;
  friend auto operator<=>(const Address&, const Address&) = default;
};

/// `host:port`, IPv6 in brackets; other carriers than TCP in front: `udp:host:port`.
std::string to_text(const Address& address);
/// @errors malformed
Result<Address> address_from_text(std::string_view text);

Result<Address> read_address(wire::Reader& in);
void write_address(wire::Writer& out, const Address& address);

}  // namespace taut::identity
