#include "mls/capabilities.hpp"

namespace taut::mls {
namespace {

bool lists(const auto& numbers, auto number) { return std::ranges::find(numbers, number) != numbers.end(); }

}  // namespace

bool Capabilities::supports(ProtocolVersion version) const { return lists(versions, version); }
bool Capabilities::supports(CipherSuite suite) const { return lists(cipher_suites, suite); }
bool Capabilities::supports(ExtensionType type) const { return is_default(type) || lists(extensions, type); }
bool Capabilities::supports(ProposalType type) const { return is_default(type) || lists(proposals, type); }
bool Capabilities::supports(CredentialType type) const { return lists(credentials, type); }

bool Capabilities::supports(const RequiredCapabilities& required) const {
  const auto ours = [this](auto type) { return supports(type); };
  return std::ranges::all_of(required.extension_types, ours) &&
         std::ranges::all_of(required.proposal_types, ours) &&
         std::ranges::all_of(required.credential_types, ours);
}

Result<Capabilities> Capabilities::read(wire::Reader& in) {
  Capabilities capabilities;
  TAUT_TRY(capabilities.versions, read_numbers<ProtocolVersion>(in));
  TAUT_TRY(capabilities.cipher_suites, read_numbers<CipherSuite>(in));
  TAUT_TRY(capabilities.extensions, read_numbers<ExtensionType>(in));
  TAUT_TRY(capabilities.proposals, read_numbers<ProposalType>(in));
  TAUT_TRY(capabilities.credentials, read_numbers<CredentialType>(in));
  return capabilities;
}

void Capabilities::write(wire::Writer& out) const {
  write_numbers(out, versions);
  write_numbers(out, cipher_suites);
  write_numbers(out, extensions);
  write_numbers(out, proposals);
  write_numbers(out, credentials);
}

}  // namespace taut::mls
