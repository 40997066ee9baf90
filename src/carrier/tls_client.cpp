#include "carrier/tls_client.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>

#include "carrier/reasons.hpp"

namespace taut::carrier {
namespace {

constexpr std::size_t kReadBytes = 16 * 1024;

std::unexpected<Error> tls_refused() { return fail(Errc::unauthentic, reasons::kTlsRefused); }

bool is_ip_address(const std::string& host) {
  std::array<unsigned char, 16> raw{};
  return inet_pton(AF_INET, host.c_str(), raw.data()) == 1 ||
         inet_pton(AF_INET6, host.c_str(), raw.data()) == 1;
}

/// Asks for this host's certificate (SNI; names only, RFC 6066 §3), and lets the handshake fail with
/// another's.
bool expect(SSL* ssl, const std::string& host) {
  X509_VERIFY_PARAM* const parameters = SSL_get0_param(ssl);
  if (is_ip_address(host)) return X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str()) == 1;
  X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set_tlsext_host_name(ssl, host.c_str()) == 1 &&
         X509_VERIFY_PARAM_set1_host(parameters, host.c_str(), host.size()) == 1;
}

}  // namespace

TlsClient::~TlsClient() {
  SSL_free(ssl_);
  SSL_CTX_free(context_);
}

Result<std::unique_ptr<TlsClient>> TlsClient::make(std::string host, const std::filesystem::path& ca_file) {
  std::unique_ptr<TlsClient> client(new TlsClient(std::move(host)));
  SSL_CTX* const context = client->context_ = SSL_CTX_new(TLS_client_method());
  if (context == nullptr || SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1)
    return fail(Errc::unavailable, reasons::kReset);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  const bool has_ca = ca_file.empty() ? SSL_CTX_set_default_verify_paths(context) == 1
                                      : SSL_CTX_load_verify_file(context, ca_file.c_str()) == 1;
  ERR_clear_error();
  if (!has_ca) return fail(Errc::unavailable, reasons::kBadCa);
  return client;
}

Status TlsClient::begin() {
  SSL_free(ssl_);
  early_.clear();
  is_proved_ = false;
  ssl_ = SSL_new(context_);
  if (ssl_ == nullptr) return tls_refused();
  SSL_set_bio(ssl_, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_set_connect_state(ssl_);
  if (!expect(ssl_, host_)) return tls_refused();
  return shake_hands();
}

Status TlsClient::shake_hands() {
  ERR_clear_error();
  const int done = SSL_do_handshake(ssl_);
  if (done != 1 && SSL_get_error(ssl_, done) == SSL_ERROR_WANT_READ) return {};
  if (done != 1 || SSL_get_verify_result(ssl_) != X509_V_OK) return tls_refused();
  is_proved_ = true;
  return send(std::exchange(early_, {}));
}

Result<Bytes> TlsClient::receive(ByteView bytes) {
  std::size_t taken = 0;
  if (BIO_write_ex(SSL_get_rbio(ssl_), bytes.data(), bytes.size(), &taken) != 1 || taken != bytes.size())
    return fail(Errc::unavailable, reasons::kReset);
  if (!is_proved_) TAUT_CHECK(shake_hands());
  Bytes plain;
  while (is_proved_) {
    const std::size_t before = plain.size();
    plain.resize(before + kReadBytes);
    ERR_clear_error();
    std::size_t size = 0;
    const int done = SSL_read_ex(ssl_, plain.data() + before, kReadBytes, &size);
    plain.resize(before + size);
    if (done == 1) continue;
    const int why = SSL_get_error(ssl_, done);
    if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_ZERO_RETURN) break;
    return fail(Errc::unavailable, reasons::kReset);
  }
  return plain;
}

Status TlsClient::send(ByteView plain) {
  if (!is_proved_) {
    append(early_, plain);
    return {};
  }
  ERR_clear_error();
  std::size_t written = 0;
  if (plain.empty()) return {};
  if (SSL_write_ex(ssl_, plain.data(), plain.size(), &written) != 1 || written != plain.size())
    return fail(Errc::unavailable, reasons::kReset);
  return {};
}

Bytes TlsClient::take_output() {
  BIO* const out = SSL_get_wbio(ssl_);
  Bytes bytes(BIO_ctrl_pending(out));
  std::size_t size = 0;
  if (!bytes.empty() && BIO_read_ex(out, bytes.data(), bytes.size(), &size) != 1) size = 0;
  bytes.resize(size);
  return bytes;
}

}  // namespace taut::carrier
