#pragma once

#include <optional>
#include <vector>

#include "crypto/dh.hpp"
#include "mls/labelled.hpp"
#include "mls/tree_view.hpp"

namespace taut::mls {

/// The private half of a member's view (RFC 9420 §4.2): the keys of its own leaf, and of the nodes above it
/// whose path secret it was told. O(log n).
class PrivateTree {
 public:
  PrivateTree(LeafIndex own_leaf, crypto::DhKeyPair leaf_key);
  static PrivateTree copy_of(const PrivateTree& other);

  LeafIndex own_leaf() const { return own_leaf_; }
  const crypto::DhKeyPair& leaf_key() const { return leaf_key_; }
  /// The key of a node, or nullptr.
  const crypto::DhKeyPair* find(NodeIndex node) const;

  /// After an own Update was committed by another.
  void replace_leaf_key(crypto::DhKeyPair key) { leaf_key_ = std::move(key); }
  /// The key of a node above the leaf, from its path secret (§7.4).
  /// @errors kBadPathSecret: the tree has another public key there; state unchanged
  Status set_path_secret(const Suite& suite, const TreeView& tree, NodeIndex node, ByteView path_secret);
  /// As a joiner does (§12.4.3.1): from the common ancestor with the committer to the root, each node from
  /// the next path secret.
  /// @errors kBadPathSecret
  Status join(const Suite& suite, const TreeView& tree, LeafIndex committer, ByteView path_secret);
  /// Drops the keys of nodes that are blank, or have another key, in this tree (§7.5).
  void keep_only(const TreeView& tree);
  /// Own leaf and all nodes match the public tree.
  bool is_consistent_with(const TreeView& tree) const;

  struct NodeKey {
    NodeIndex node;
    crypto::DhKeyPair key;
  };
  /// From the leaf up, the leaf itself not among them.
  const std::vector<NodeKey>& above() const { return above_; }
  /// For a saved state that comes back; is_consistent_with judges the whole.
  /// @pre node is above own_leaf
  void set(NodeIndex node, crypto::DhKeyPair key);

 private:
  LeafIndex own_leaf_;
  crypto::DhKeyPair leaf_key_;
  std::vector<NodeKey> above_;  // ascending by level
};

}  // namespace taut::mls
