#pragma once
// From a message to content whose sender is known (RFC 9420 §6). The group is not changed.

#include "mls/group_state.hpp"

namespace taut::mls {

/// Content whose tag and signature hold.
struct UnprotectedMessage {
  AuthenticatedContent content;
  std::optional<SecretTree::Staged> key;  ///< of a PrivateMessage: to be consumed with the message
  SecretTree* key_tree = nullptr;         ///< the tree that it is from
  std::optional<Credential> credential;   ///< of a member
};

/// @errors kBadMembershipTag, kUnknownSender, kBadSignature, kNotPermitted: a sender who may not say that
Result<UnprotectedMessage> unprotect(const GroupState& group, PublicMessage message);
/// Of this epoch, or application data of one that is kept, and not past its deadline.
/// @errors kPastEpoch, kBadTag, kReplayed, kJumpTooFar, kUnknownSender, kBadSignature, malformed
Result<UnprotectedMessage> unprotect(GroupState& group, const PrivateMessage& message, const Time& now);

}  // namespace taut::mls
