#pragma once

#include <memory>
#include <unordered_map>

#include "mls/credential_counts.hpp"
#include "mls/tree_math.hpp"
#include "mls/tree_node.hpp"

namespace taut::mls {

/// What a commit does to a ratchet tree: replaced nodes, fresh tree hashes, the new size. Plain data, which
/// a staged commit carries until it is merged or dropped; O(log n) for an update, O(k) for k adds.
struct TreeChanges {
  TreeSize size;
  /// The smallest size on the way: nodes outside it are blank, whatever the tree had there.
  TreeSize kept;
  std::unordered_map<std::uint32_t, std::shared_ptr<const LeafNode>> leaves;  ///< by leaf; null: blank
  std::unordered_map<std::uint32_t, std::optional<ParentNode>> parents;       ///< by node; nullopt: blank
  std::unordered_map<std::uint32_t, std::optional<crypto::Digest>> hashes;    ///< by node; nullopt: not yet
  CredentialCounts credentials;
  LeafIndex first_blank;  ///< no leaf to the left of it is blank
  LeafIndex last_member;  ///< all leaves to the right of it are blank

  /// The nodes that were replaced, ascending: what an incremental save writes.
  std::vector<NodeIndex> changed_nodes() const;
};

}  // namespace taut::mls
