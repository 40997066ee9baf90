#include "mls/credential.hpp"

namespace taut::mls {

CredentialType Credential::type() const {
  return std::holds_alternative<BasicCredential>(value) ? CredentialType::basic : CredentialType::x509;
}

Result<Credential> Credential::read(wire::Reader& in) {
  TAUT_TRY(const std::uint16_t type, in.u16());
  switch (static_cast<CredentialType>(type)) {
    case CredentialType::basic: {
      TAUT_TRY(Bytes identity, read_bytes(in));
      return Credential{BasicCredential{std::move(identity)}};
    }
    case CredentialType::x509: {
      TAUT_TRY(std::vector<Bytes> certificates, in.list(read_bytes, kListCountMax));
      return Credential{X509Credential{std::move(certificates)}};
    }
  }
  return malformed();
}

void Credential::write(wire::Writer& out) const {
  out.u16(static_cast<std::uint16_t>(type()));
  if (const auto* basic = std::get_if<BasicCredential>(&value)) {
    out.vector(basic->identity);
  } else {
    out.list(std::get<X509Credential>(value).certificates,
             [](wire::Writer& inner, const Bytes& certificate) { inner.vector(certificate); });
  }
}

}  // namespace taut::mls
