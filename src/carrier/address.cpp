#include "carrier/address.hpp"

#include <arpa/inet.h>

#include <array>
#include <charconv>

#include "base/bytes.hpp"

namespace taut::carrier {
namespace {

using V4 = std::array<Byte, 4>;
using V6 = std::array<Byte, 16>;

template <class Raw>
Result<Raw> numeric(int family, const std::string& host) {
  Raw raw{};
  if (inet_pton(family, host.c_str(), raw.data()) != 1) return malformed();
  return raw;
}

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_';
}

Result<std::uint16_t> port_from_text(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return malformed();
  return port;
}

}  // namespace

Result<Address> address_from_text(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return malformed();
  TAUT_TRY(const std::uint16_t port, port_from_text(text.substr(colon + 1)));
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) {
    Address address{std::string(host.substr(1, host.size() - 2)), port};
    TAUT_CHECK(numeric<V6>(AF_INET6, address.host));
    return address;
  }
  if (host.empty() || host.size() > kHostBytesMax || !std::ranges::all_of(host, is_host_character))
    return malformed();
  return Address{std::string(host), port};
}

std::string to_text(const Address& address) {
  const bool is_v6 = address.host.find(':') != std::string::npos;
  return (is_v6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

bool is_loopback(const Address& address) {
  if (address.host == "localhost") return true;
  if (const auto v4 = numeric<V4>(AF_INET, address.host)) return v4->front() == 127;
  const auto v6 = numeric<V6>(AF_INET6, address.host);
  return v6 && *v6 == V6{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
}

bool is_any(const Address& address) {
  if (const auto v4 = numeric<V4>(AF_INET, address.host)) return *v4 == V4{};
  const auto v6 = numeric<V6>(AF_INET6, address.host);
  return v6 && *v6 == V6{};
}

}  // namespace taut::carrier
