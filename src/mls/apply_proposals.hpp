#pragma once

#include "mls/hooks.hpp"
#include "mls/leaf_rules.hpp"
#include "mls/proposal_list.hpp"
#include "mls/tree_diff.hpp"

namespace taut::mls {

/// What a list of proposals did to a staged tree.
struct AppliedProposals {
  LeafRules rules;        ///< with the extensions that are now in force
  Extensions extensions;  ///< of the new GroupContext
  bool changes_extensions = false;
  std::vector<LeafIndex> added;  ///< in the order of the Adds
  std::vector<LeafIndex> updated;
  std::vector<LeafIndex> removed;
};

/// Checks each proposal (RFC 9420 §12.1) and applies it, in the order of §12.3. Whether the tree as a
/// whole is valid is asked by `check_tree`, when the path, if any, is in it too.
/// @errors those of leaf and KeyPackage validation; kNoSuchLeaf; kUnsupportedCapability; kBadCredential
Result<AppliedProposals> apply_proposals(TreeDiff& diff, const GroupContext& context,
                                         const ProposalList& list,
                                         const AuthenticationService& authentication);

/// §7.3, as far as it concerns leaves together: unique keys, credential types that everyone supports;
/// and everyone meets the rules, where they changed.
Status check_tree(const TreeDiff& diff, const AppliedProposals& applied);

/// A leaf takes another's place, by Update or path (§5.3.1): where key or credential change, the
/// application judges.
Status check_successor(const AuthenticationService& authentication, const LeafNode& current,
                       const LeafNode& next);

}  // namespace taut::mls
