#pragma once
// The host name that a broker's certificate has to be for.

#include <string>

namespace taut::carrier {

/// Begins the handshake anew: asks for the certificate of this host (SNI) and fails with another's (RFC 6125
/// for names, the address itself for IP addresses).
/// @param ssl  OpenSSL's SSL, as mosquitto_ssl_get() returns it
/// @return     false: this connection cannot be checked, and must not be used
[[nodiscard]] bool begin_handshake_with(void* ssl, const std::string& host);
/// Whether the handshake is over and the certificate holds.
[[nodiscard]] bool is_certificate_checked(void* ssl);

}  // namespace taut::carrier
