#pragma once
// What a group asks of the application: who somebody is, where pre-shared keys are, what is allowed.

#include "base/time.hpp"
#include "mls/executor.hpp"
#include "mls/proposal.hpp"

namespace taut::mls {

/// The Authentication Service of RFC 9420 §5.3.1. Its answers depend on their arguments alone (no clock,
/// no address book): every member must come to the same answer about the same commit.
class AuthenticationService {
 public:
  virtual ~AuthenticationService() = default;
  /// The credential presents its identifiers rightfully, together with this key.
  /// @errors kBadCredential
  virtual Status validate(const Credential& credential, const SignaturePublicKey& key) const = 0;
  /// `next` may take the place of `current` at the same leaf, or in a group that continues this one.
  /// @errors kBadCredential
  virtual Status validate_successor(const Credential& current, const Credential& next) const = 0;
};

/// Believes every credential, and wants a successor to be equal: for tests, and for applications that
/// look at the members themselves.
const AuthenticationService& any_credential();

/// Pre-shared keys by name (§8.4). A group knows the resumption PSKs of its own past epochs itself.
class PskSource {
 public:
  virtual ~PskSource() = default;
  /// @errors kMissingPsk
  virtual Result<SecretBytes> external_psk(ByteView psk_id) const = 0;
  /// @errors kMissingPsk
  virtual Result<SecretBytes> resumption_psk(const GroupId& group_id, std::uint64_t epoch) const = 0;
};
const PskSource& no_psks();

/// When now is. Limits of past epochs count in Instants; lifetimes, and the age of a saved state, need
/// the wall clock, which a device may not know.
struct Time {
  Instant instant;
  std::optional<WallTime> wall;
};

/// What this client is willing to send. Asked when it proposes or commits, never about what others
/// committed: a commit's validity is a matter of its bytes and the group's state.
class SendingPolicy {
 public:
  virtual ~SendingPolicy() = default;
  /// @errors any, kNotPermitted for instance; the proposal stays out of the commit
  virtual Status permits(const Proposal& proposal) const = 0;
};
const SendingPolicy& any_proposal();

/// The caller's own thread.
Executor& inline_executor();

/// All of the above must outlive the groups that were given them.
struct Hooks {
  Random& random;
  const AuthenticationService& authentication = any_credential();
  const PskSource& psks = no_psks();
  const SendingPolicy& policy = any_proposal();
  Executor& executor = inline_executor();  ///< where the leaf signatures of a new group are verified
};

}  // namespace taut::mls
