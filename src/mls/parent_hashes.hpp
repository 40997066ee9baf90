#pragma once

#include "mls/ratchet_tree.hpp"

namespace taut::mls {

/// Every non-blank parent is parent-hash valid: a chain of parent hashes leads to it from a leaf
/// (RFC 9420 §7.9.2).
/// @errors kBadParentHash
Status check_parent_hashes(const RatchetTree& tree);

}  // namespace taut::mls
