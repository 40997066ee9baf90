#pragma once
// What a joiner checks before it trusts a ratchet tree (RFC 9420 §12.4.3.1).

#include "mls/executor.hpp"
#include "mls/leaf_rules.hpp"
#include "mls/parent_hashes.hpp"
#include "mls/ratchet_tree.hpp"

namespace taut::mls {

/// All of it but the tree hash, which the caller compares with the GroupContext's first, and the
/// credentials, which the application judges: leaves, unmerged leaves, unique keys, parent hashes, then
/// the signature of every leaf.
/// @errors kInvalidTree, kBadKey, kDuplicateKey, kBadParentHash, kBadSignature, and those of LeafRules::check
Status validate_tree(const RatchetTree& tree, const LeafRules& rules, Executor& executor);

/// Every parent has a key that can be encrypted to.
/// @errors kBadKey
Status check_parent_keys(const TreeView& tree, const crypto::Suite& suite);
/// Unmerged leaves are members below, and are named by every parent in between (§12.4.3.1).
/// @errors kInvalidTree
Status check_unmerged_leaves(const TreeView& tree);
/// Every member meets the rules, as after a change of the group's extensions (§12.1.7).
Status check_members(const TreeView& tree, const LeafRules& rules);

}  // namespace taut::mls
