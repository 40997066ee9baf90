#pragma once

#include "mls/codec.hpp"
#include "mls/extension_types.hpp"

namespace taut::mls {

/// struct {
///     ProtocolVersion versions<V>;
///     CipherSuite cipher_suites<V>;
///     ExtensionType extensions<V>;
///     ProposalType proposals<V>;
///     CredentialType credentials<V>;
/// } Capabilities;                                                                RFC 9420 §7.2
struct Capabilities {
  std::vector<ProtocolVersion> versions;
  std::vector<CipherSuite> cipher_suites;
  std::vector<ExtensionType> extensions;
  std::vector<ProposalType> proposals;
  std::vector<CredentialType> credentials;

  /// Default types count as supported without being listed.
  bool supports(ProtocolVersion version) const;
  bool supports(CipherSuite suite) const;
  bool supports(ExtensionType type) const;
  bool supports(ProposalType type) const;
  bool supports(CredentialType type) const;
  bool supports(const RequiredCapabilities& required) const;

  static Result<Capabilities> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  friend bool operator==(const Capabilities&, const Capabilities&) = default;
};

}  // namespace taut::mls
