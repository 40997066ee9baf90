#pragma once

#include <memory>

#include "mls/key_index.hpp"
#include "mls/tree_changes.hpp"
#include "mls/tree_view.hpp"

namespace taut::mls {

struct LeafAt {
  LeafIndex index;
  LeafNode leaf;
};
struct ParentAt {
  NodeIndex index;
  ParentNode node;
};

/// The public half of a group's ratchet tree (RFC 9420 §4, §7): flat arrays of leaves, parents and tree
/// hashes, and an index of the keys in it. It changes only by `apply`: a commit is staged in a TreeDiff,
/// which reads through to this tree, so that nothing is copied and nothing has to be undone.
class RatchetTree final : public TreeView {
 public:
  /// A group of one (RFC 9420 §11).
  RatchetTree(crypto::HashId hash, LeafNode creator);

  /// `optional<Node> ratchet_tree<V>`: of the right shape, last node not blank, extended to a full tree.
  /// Contents are not judged here: see validate_tree.
  /// @errors malformed: the last node is blank, too; kLimit: more than kLeafCountMax leaves;
  ///         kInvalidTree: parents to the right of all members
  static Result<RatchetTree> read(crypto::HashId hash, wire::Reader& in);
  static Result<RatchetTree> decoded(crypto::HashId hash, ByteView bytes);
  Bytes encoded() const;
  /// From nodes in any order, as a saved state has them; blank ones are left out.
  /// @errors kLimit; kInvalidTree: no member, an index twice, a parent outside the tree of the members
  static Result<RatchetTree> from_nodes(crypto::HashId hash, std::vector<LeafAt> leaves,
                                        std::vector<ParentAt> parents);

  TreeSize size() const override { return size_; }
  const LeafNode* leaf(LeafIndex index) const override;
  const ParentNode* parent_node(NodeIndex index) const override;
  std::uint32_t member_count() const override { return credentials_.member_count(); }

  crypto::HashId hash_id() const { return hash_; }
  /// RFC 9420 §7.8. @pre size().contains(node)
  const crypto::Digest& tree_hash(NodeIndex node) const { return hashes_[node.value]; }
  const crypto::Digest& tree_hash() const { return tree_hash(size_.root()); }

  std::optional<NodeIndex> find_encryption_key(ByteView key) const {
    return encryption_keys_.find(*this, key);
  }
  std::optional<LeafIndex> find_signature_key(ByteView key) const;
  /// The leaf that is identical to this one (RFC 9420 §12.4.3.1).
  std::optional<LeafIndex> find_leaf(const LeafNode& leaf) const;
  const CredentialCounts& credentials() const { return credentials_; }
  bool has_duplicate_keys() const;

  /// Makes staged changes the group's own. Cannot fail.
  /// @pre made by a TreeDiff over this tree as it is now
  void apply(TreeChanges changes);

 private:
  friend class TreeDiff;
  explicit RatchetTree(crypto::HashId hash) : hash_(hash) {}

  void resize(TreeSize size);
  void index_all();
  void hash_all();
  void drop_keys(const TreeChanges& changes);
  void add_keys(const std::vector<NodeIndex>& nodes);

  crypto::HashId hash_;
  TreeSize size_;
  std::vector<std::shared_ptr<const LeafNode>> leaves_;
  std::vector<std::optional<ParentNode>> parents_;  // of the nodes 1, 3, 5, …
  std::vector<crypto::Digest> hashes_;              // of all nodes
  KeyIndex encryption_keys_{KeyRole::encryption};
  KeyIndex signature_keys_{KeyRole::signature};
  CredentialCounts credentials_;
  LeafIndex first_blank_;  // no leaf to the left of it is blank
  LeafIndex last_member_;  // all leaves to the right of it are blank
};

}  // namespace taut::mls
