#include "mls/tree_math.hpp"

namespace taut::mls {

NodeIndex left(NodeIndex node) { return NodeIndex(node.value ^ (1U << (level(node) - 1))); }

NodeIndex right(NodeIndex node) { return NodeIndex(node.value ^ (3U << (level(node) - 1))); }

NodeIndex parent(NodeIndex node) {
  const unsigned k = level(node);
  const std::uint32_t is_right_child = (node.value >> (k + 1)) & 1;
  return NodeIndex((node.value | 1U << k) ^ (is_right_child << (k + 1)));
}

NodeIndex sibling(NodeIndex node) { return NodeIndex(node.value ^ (2U << level(node))); }

bool is_in_subtree(NodeIndex node, NodeIndex ancestor) {
  const std::uint32_t reach = (1U << level(ancestor)) - 1;
  return node.value + reach >= ancestor.value && node.value <= ancestor.value + reach;
}

LeafIndex first_leaf(NodeIndex node) { return NodeIndex(node.value - ((1U << level(node)) - 1)).leaf(); }

LeafIndex last_leaf(NodeIndex node) { return NodeIndex(node.value + ((1U << level(node)) - 1)).leaf(); }

NodeIndex child_towards(NodeIndex node, NodeIndex below) { return below < node ? left(node) : right(node); }

NodeIndex common_ancestor(NodeIndex a, NodeIndex b) {
  while (!is_in_subtree(b, a)) a = parent(a);
  return a;
}

std::vector<NodeIndex> direct_path(NodeIndex node, TreeSize size) {
  std::vector<NodeIndex> path;
  while (node != size.root()) {
    node = parent(node);
    path.push_back(node);
  }
  return path;
}

}  // namespace taut::mls
