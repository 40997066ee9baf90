#include "identity/address.hpp"

#include <array>
#include <charconv>

namespace taut::identity {

namespace {

constexpr std::size_t kHostBytesMax = 253;  // a DNS name's longest text, RFC 1035 §2.3.4
constexpr std::string_view kUdpPrefix = "udp:";

bool is_host_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view(".:_%-").contains(c);
}

bool is_host(std::string_view host) {
  return !host.empty() && host.size() <= kHostBytesMax && std::ranges::all_of(host, is_host_character);
}

Result<std::uint16_t> port_from_text(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0) return malformed();
  return port;
}

struct HostAndPort {
  std::string_view host;
  std::string_view port;
};

Result<HostAndPort> split(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return malformed();
  HostAndPort parts{text.substr(0, colon), text.substr(colon + 1)};
  const bool bracketed = parts.host.starts_with('[') && parts.host.ends_with(']');
  if (bracketed) parts.host = parts.host.substr(1, parts.host.size() - 2);
  // Without brackets nobody can tell an IPv6 address's last group from a port.
  if (bracketed != parts.host.contains(':')) return malformed();
  return parts;
}

}  // namespace

std::string to_text(const Address& address) {
  std::string text;
  if (address.carrier == Carrier::udp) text += kUdpPrefix;
  const bool needs_brackets = address.host.contains(':');
  text += needs_brackets ? "[" + address.host + "]" : address.host;
  return text + ":" + std::to_string(address.port);
}

Result<Address> address_from_text(std::string_view text) {
  Address address;
  if (text.starts_with(kUdpPrefix)) {
    address.carrier = Carrier::udp;
    text.remove_prefix(kUdpPrefix.size());
  }
  TAUT_TRY(const HostAndPort parts, split(text));
  if (!is_host(parts.host)) return malformed();
  TAUT_TRY(address.port, port_from_text(parts.port));
  address.host = parts.host;
  return address;
}

Result<Address> read_address(wire::Reader& in) {
  TAUT_TRY(const std::uint8_t carrier, in.u8());
  TAUT_TRY(const ByteView host, in.vector(kHostBytesMax));
  TAUT_TRY(const std::uint16_t port, in.u16());
  if (!is_host(as_text(host)) || port == 0) return malformed();
  return Address{static_cast<Carrier>(carrier), std::string(as_text(host)), port};
}

void write_address(wire::Writer& out, const Address& address) {
  out.u8(static_cast<std::uint8_t>(address.carrier)).vector(as_bytes(address.host)).u16(address.port);
}

}  // namespace taut::identity
