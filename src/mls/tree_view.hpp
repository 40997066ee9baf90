#pragma once
// What can be read of a ratchet tree, whether it is the group's own or one with staged changes.

#include <functional>

#include "mls/tree_math.hpp"
#include "mls/tree_node.hpp"

namespace taut::mls {

class TreeView {
 public:
  virtual ~TreeView() = default;

  virtual TreeSize size() const = 0;
  /// nullptr: blank, or outside the tree.
  virtual const LeafNode* leaf(LeafIndex index) const = 0;
  virtual const ParentNode* parent_node(NodeIndex index) const = 0;
  /// Leaves that are not blank.
  virtual std::uint32_t member_count() const = 0;

  bool is_blank(NodeIndex index) const {
    return index.is_leaf() ? leaf(index.leaf()) == nullptr : parent_node(index) == nullptr;
  }
  /// @pre !is_blank(index)
  const HpkePublicKey& encryption_key(NodeIndex index) const {
    return index.is_leaf() ? leaf(index.leaf())->encryption_key : parent_node(index)->encryption_key;
  }

  /// Every member, from the left.
  template <class Visit>
  void for_each_member(Visit visit) const {
    for (LeafIndex at; size().contains(at); ++at.value)
      if (const LeafNode* member = leaf(at)) visit(at, *member);
  }

 protected:
  TreeView() = default;
  TreeView(const TreeView&) = default;
  TreeView& operator=(const TreeView&) = default;
};

/// The shortest list of non-blank nodes that together cover the members below a node (RFC 9420 §4.1.1).
std::vector<NodeIndex> resolution(const TreeView& tree, NodeIndex node);
/// The resolution is not empty. Cheaper than asking for it.
bool has_members(const TreeView& tree, NodeIndex node);

/// One step of a filtered direct path: a node, and its child that is not on the path.
struct PathStep {
  NodeIndex node;
  NodeIndex copath;
  friend bool operator==(const PathStep&, const PathStep&) = default;
};
/// The direct path without the nodes whose copath child has an empty resolution (RFC 9420 §4.1.2).
std::vector<PathStep> filtered_direct_path(const TreeView& tree, LeafIndex leaf);

/// Encodes as `optional<Node> ratchet_tree<V>` (RFC 9420 §12.4.3.3).
void write_ratchet_tree(wire::Writer& out, const TreeView& tree);
/// One entry of it: optional<Node>. Saved states keep nodes in this form, one record each.
void write_node(wire::Writer& out, const TreeView& tree, NodeIndex node);

}  // namespace taut::mls
