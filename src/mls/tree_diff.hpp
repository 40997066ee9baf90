#pragma once

#include <span>

#include "mls/ratchet_tree.hpp"
#include "mls/tree_hash.hpp"

namespace taut::mls {

/// A ratchet tree with changes staged over it (docs/decisions, "A commit is staged over the tree"). Reads
/// what was changed here, and everything else in the tree below, which stays as it is.
///
///     TreeDiff diff(tree);
///     diff.remove_leaf(leaf);  …
///     use(diff.tree_hash());
///     tree.apply(std::move(diff).take());        or drop the diff, and nothing has happened
class TreeDiff final : public TreeView {
 public:
  explicit TreeDiff(const RatchetTree& base);
  /// Looks again at changes that were taken earlier.
  TreeDiff(const RatchetTree& base, TreeChanges changes);

  TreeSize size() const override { return changes_.size; }
  const LeafNode* leaf(LeafIndex index) const override;
  const ParentNode* parent_node(NodeIndex index) const override;
  std::uint32_t member_count() const override { return changes_.credentials.member_count(); }
  crypto::HashId hash_id() const { return base_.hash_id(); }

  /// Add (RFC 9420 §12.1.1): into the leftmost blank leaf, unmerged at every parent above it.
  /// @errors kLimit
  Result<LeafIndex> add_leaf(LeafNode leaf);
  /// Update (§12.1.2): replaces the leaf, blanks the path above it.
  /// @errors kNoSuchLeaf
  Status update_leaf(LeafIndex index, LeafNode leaf);
  /// Remove (§12.1.3): blanks the leaf and the path above it, then truncates the tree.
  /// @errors kNoSuchLeaf
  Status remove_leaf(LeafIndex index);
  /// The leaf of an external committer (§12.4.2): the leftmost blank one, the tree grown if need be. It
  /// stays blank until set_path fills it.
  /// @errors kLimit
  Result<LeafIndex> free_leaf();

  /// The public half of an UpdatePath (§7.5): blanks the direct path, sets the keys of the filtered direct
  /// path, and their parent hashes from the root down. Gives the parent hash that the leaf has to carry.
  /// @pre keys.size() == filtered_direct_path(*this, leaf).size()
  crypto::Digest set_path_keys(LeafIndex leaf, std::span<const HpkePublicKey> keys);
  /// Then the leaf itself.
  void set_leaf(LeafIndex index, LeafNode leaf);

  /// Tree hash (§7.8) with the changes; only what changed is hashed again.
  const crypto::Digest& tree_hash(NodeIndex node);
  const crypto::Digest& tree_hash() { return tree_hash(size().root()); }

  /// Some node has this encryption key. O(log n + changes).
  bool has_encryption_key(ByteView key) const;
  /// No two members share a signature key, no two nodes an encryption key (§7.3). O(k log n) for k changes.
  /// @errors kDuplicateKey
  Status check_unique_keys() const;
  /// Every credential type in use is supported by every member (§7.3).
  /// @errors kUnsupportedCapability
  Status check_credential_support() const;

  const TreeChanges& changes() const { return changes_; }
  /// With all tree hashes computed, ready for RatchetTree::apply.
  TreeChanges take() &&;

 private:
  bool reads_base(NodeIndex node) const { return changes_.kept.contains(node); }
  bool is_changed(NodeIndex node) const;
  void put_leaf(LeafIndex index, std::shared_ptr<const LeafNode> leaf);
  void put_parent(NodeIndex node, std::optional<ParentNode> parent);
  void add_unmerged(NodeIndex node, LeafIndex leaf);
  void touch(NodeIndex node);
  void blank_path(LeafIndex index);
  void truncate();
  void forget_outside();
  Status check_unique(KeyRole role, std::vector<NodeIndex> changed) const;

  const RatchetTree& base_;
  TreeChanges changes_;
  TreeHasher hasher_;
};

}  // namespace taut::mls
