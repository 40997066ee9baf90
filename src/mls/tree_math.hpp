#pragma once
// Array-based full trees (RFC 9420 Appendix C): indices only, no contents.

#include <bit>
#include <optional>
#include <vector>

#include "base/result.hpp"
#include "mls/index.hpp"

namespace taut::mls {

/// How many leaves a full tree has, blank ones counted: a power of two, or 0 for no tree at all.
class TreeSize {
 public:
  constexpr TreeSize() = default;
  /// The smallest full tree with this many leaves.
  /// @pre leaf_count <= kLeafCountMax
  static constexpr TreeSize for_leaf_count(std::uint32_t leaf_count) {
    return TreeSize(leaf_count == 0 ? 0 : std::bit_ceil(leaf_count));
  }

  constexpr std::uint32_t leaf_count() const { return leaf_count_; }
  constexpr std::uint32_t node_count() const { return leaf_count_ == 0 ? 0 : 2 * leaf_count_ - 1; }
  constexpr bool contains(LeafIndex leaf) const { return leaf.value < leaf_count_; }
  constexpr bool contains(NodeIndex node) const { return node.value < node_count(); }

  /// @pre leaf_count() > 0
  constexpr NodeIndex root() const { return NodeIndex(leaf_count_ - 1); }
  constexpr TreeSize doubled() const { return TreeSize(leaf_count_ == 0 ? 1 : 2 * leaf_count_); }
  constexpr TreeSize halved() const { return TreeSize(leaf_count_ / 2); }

  friend constexpr auto operator<=>(const TreeSize&, const TreeSize&) = default;

 private:
  constexpr explicit TreeSize(std::uint32_t leaf_count) : leaf_count_(leaf_count) {}
  std::uint32_t leaf_count_ = 0;
};

/// Leaves are at level 0, and so on up.
constexpr unsigned level(NodeIndex node) { return static_cast<unsigned>(std::countr_one(node.value)); }

/// @pre !node.is_leaf()
NodeIndex left(NodeIndex node);
NodeIndex right(NodeIndex node);
/// Above every node of a full tree that is not its root.
NodeIndex parent(NodeIndex node);
NodeIndex sibling(NodeIndex node);

/// `node` is `ancestor`, or below it.
bool is_in_subtree(NodeIndex node, NodeIndex ancestor);
/// The leaves below a node: [first, last].
LeafIndex first_leaf(NodeIndex node);
LeafIndex last_leaf(NodeIndex node);
/// @pre node is not a leaf, and `below` is below it
NodeIndex child_towards(NodeIndex node, NodeIndex below);
/// The lowest node that is above, or is, both.
NodeIndex common_ancestor(NodeIndex a, NodeIndex b);
/// From the parent of `node` to the root.
/// @pre size.contains(node)
std::vector<NodeIndex> direct_path(NodeIndex node, TreeSize size);

}  // namespace taut::mls
