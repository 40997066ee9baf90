#pragma once

#include <variant>

#include "mls/codec.hpp"

namespace taut::mls {

/// struct {
///     CredentialType credential_type;
///     select (Credential.credential_type) {
///         case basic: opaque identity<V>;
///         case x509:  Certificate certificates<V>;      struct { opaque cert_data<V>; } Certificate;
///     };
/// } Credential;                                                                  RFC 9420 §5.3
///
/// Certificates are carried, and judged by the application's hook. A type that we do not know cannot be
/// delimited, so it is malformed.
struct BasicCredential {
  Bytes identity;
  friend bool operator==(const BasicCredential&, const BasicCredential&) = default;
};
struct X509Credential {
  std::vector<Bytes> certificates;  ///< DER, the end entity's first
  friend bool operator==(const X509Credential&, const X509Credential&) = default;
};
struct Credential {
  std::variant<BasicCredential, X509Credential> value;

  CredentialType type() const;
  static Credential basic(ByteView identity) { return {BasicCredential{to_bytes(identity)}}; }

  static Result<Credential> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  friend bool operator==(const Credential&, const Credential&) = default;
};

}  // namespace taut::mls
