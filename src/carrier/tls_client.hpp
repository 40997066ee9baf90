#pragma once
// TLS (1.2 or 1.3) to a server with a certificate for its name, as bytes in and bytes out.

#include <filesystem>
#include <memory>
#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"

struct ssl_ctx_st;
struct ssl_st;

namespace taut::carrier {

class TlsClient {
 public:
  /// @param host     what the certificate has to be for: a name (RFC 6125) or an IP address
  /// @param ca_file  PEM; empty: the system's certificates
  /// @errors unavailable: bad_ca
  static Result<std::unique_ptr<TlsClient>> make(std::string host, const std::filesystem::path& ca_file);
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;
  ~TlsClient();

  /// A new connection: what was left of the old one is gone.
  /// @errors unauthentic: tls_refused
  Status begin();
  /// @return  what the server said, once it has proved who it is
  /// @errors unauthentic: tls_refused (no TLS, another's certificate); unavailable: reset (broken later)
  Result<Bytes> receive(ByteView bytes);
  /// Waits for the server's proof.
  /// @errors unavailable: reset
  Status send(ByteView plain);
  /// What is to go to the server now.
  Bytes take_output();

 private:
  explicit TlsClient(std::string host) : host_(std::move(host)) {}
  Status shake_hands();

  std::string host_;
  ssl_ctx_st* context_ = nullptr;
  ssl_st* ssl_ = nullptr;
  Bytes early_;  ///< to be said when the handshake is over
  bool is_proved_ = false;
};

}  // namespace taut::carrier
