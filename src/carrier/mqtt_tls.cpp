#include "carrier/mqtt_tls.hpp"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>

namespace taut::carrier {
namespace {

bool is_ip_address(const std::string& host) {
  std::array<unsigned char, 16> raw{};
  return inet_pton(AF_INET, host.c_str(), raw.data()) == 1 ||
         inet_pton(AF_INET6, host.c_str(), raw.data()) == 1;
}

/// SSL_set_tlsext_host_name() is a macro with an old-style cast.
bool ask_for(SSL* ssl, const char* name) {
  return SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, const_cast<char*>(name)) == 1;
}

bool expect(SSL* tls, const std::string& host) {
  X509_VERIFY_PARAM* const parameters = SSL_get0_param(tls);
  if (is_ip_address(host))
    return ask_for(tls, nullptr) && X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str()) == 1;
  X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return ask_for(tls, host.c_str()) &&
         X509_VERIFY_PARAM_set1_host(parameters, host.c_str(), host.size()) == 1;
}

}  // namespace

bool begin_handshake_with(void* ssl, const std::string& host) {
  SSL* const tls = static_cast<SSL*>(ssl);
  if (tls == nullptr || (SSL_get_verify_mode(tls) & SSL_VERIFY_PEER) == 0 || SSL_clear(tls) != 1)
    return false;
  SSL_set_connect_state(tls);
  if (SSL_set_min_proto_version(tls, TLS1_2_VERSION) != 1 || !expect(tls, host)) return false;
  SSL_do_handshake(tls);  // writes our hello; the library goes on when there is an answer
  return true;
}

bool is_certificate_checked(void* ssl) {
  const SSL* const tls = static_cast<const SSL*>(ssl);
  return tls != nullptr && SSL_is_init_finished(tls) == 1 && SSL_get_verify_result(tls) == X509_V_OK;
}

}  // namespace taut::carrier
