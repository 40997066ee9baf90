#include "mls/hooks.hpp"

namespace taut::mls {

namespace {

class AnyCredential final : public AuthenticationService {
  Status validate(const Credential&, const SignaturePublicKey&) const override { return {}; }
  Status validate_successor(const Credential& current, const Credential& next) const override {
    if (current != next) return refuse(errors::kBadCredential);
    return {};
  }
};

class NoPsks final : public PskSource {
  Result<SecretBytes> external_psk(ByteView) const override { return refuse(errors::kMissingPsk); }
  Result<SecretBytes> resumption_psk(const GroupId&, std::uint64_t) const override {
    return refuse(errors::kMissingPsk);
  }
};

class AnyProposal final : public SendingPolicy {
  Status permits(const Proposal&) const override { return {}; }
};

}  // namespace

const AuthenticationService& any_credential() {
  static const AnyCredential service;
  return service;
}

const PskSource& no_psks() {
  static const NoPsks source;
  return source;
}

const SendingPolicy& any_proposal() {
  static const AnyProposal policy;
  return policy;
}

Executor& inline_executor() {
  static InlineExecutor executor;
  return executor;
}

}  // namespace taut::mls
