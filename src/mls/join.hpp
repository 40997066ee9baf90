#pragma once
// Becoming a member: what a Welcome (RFC 9420 §12.4.3.1) or a GroupInfo (§12.4.3.2) leads to.

#include "mls/group_info.hpp"
#include "mls/group_state.hpp"
#include "mls/welcome.hpp"

namespace taut::mls {

/// A GroupInfo that was checked, with the tree that it speaks of.
struct VerifiedGroup {
  GroupInfo group_info;
  RatchetTree tree;
};
/// Signature, tree hash, tree, credentials: all of §12.4.3.1 that needs no secret.
/// @param tree  where the GroupInfo does not hold it
/// @errors kMissingTree, kUnknownSender, kBadSignature, kBadTreeHash, kBadCredential, those of validate_tree
Result<VerifiedGroup> verify_group(const Suite& suite, GroupInfo group_info, const std::optional<Bytes>& tree,
                                   const Hooks& hooks);

Result<std::unique_ptr<GroupState>> join_by_welcome(const Hooks& hooks, const OwnKeyPackage& own,
                                                    const Welcome& welcome, const JoinOptions& options,
                                                    const GroupState* previous);

/// The first state of a re-initialised or branched group against the old one (§11.2, §11.3).
/// @errors kNotPermitted: it does not continue the old group as it says
Status check_successor_group(const GroupState& previous, ResumptionPskUsage usage,
                             const GroupContext& context, const TreeView& tree,
                             const AuthenticationService& authentication);

}  // namespace taut::mls
