#include "mls/tree_view.hpp"

namespace taut::mls {
namespace {

void resolve(const TreeView& tree, NodeIndex node, std::vector<NodeIndex>& out) {
  if (!tree.is_blank(node)) {
    out.push_back(node);
    if (node.is_leaf()) return;
    for (const LeafIndex leaf : tree.parent_node(node)->unmerged_leaves) out.emplace_back(leaf);
  } else if (!node.is_leaf()) {
    resolve(tree, left(node), out);
    resolve(tree, right(node), out);
  }
}

}  // namespace

std::vector<NodeIndex> resolution(const TreeView& tree, NodeIndex node) {
  std::vector<NodeIndex> out;
  resolve(tree, node, out);
  return out;
}

bool has_members(const TreeView& tree, NodeIndex node) {
  if (!tree.is_blank(node)) return true;
  return !node.is_leaf() && (has_members(tree, left(node)) || has_members(tree, right(node)));
}

std::vector<PathStep> filtered_direct_path(const TreeView& tree, LeafIndex leaf) {
  std::vector<PathStep> path;
  for (NodeIndex child(leaf); child != tree.size().root(); child = parent(child))
    if (has_members(tree, sibling(child))) path.push_back({parent(child), sibling(child)});
  return path;
}

void write_node(wire::Writer& out, const TreeView& tree, NodeIndex node) {
  const bool is_present = !tree.is_blank(node);
  out.present(is_present);
  if (!is_present) return;
  if (node.is_leaf()) {
    out.u8(static_cast<std::uint8_t>(NodeType::leaf));
    tree.leaf(node.leaf())->write(out);
  } else {
    out.u8(static_cast<std::uint8_t>(NodeType::parent));
    tree.parent_node(node)->write(out);
  }
}

void write_ratchet_tree(wire::Writer& out, const TreeView& tree) {
  // §12.4.3.3: no blank node after the last one that is not.
  std::uint32_t node_count = tree.size().node_count();
  while (node_count > 0 && tree.is_blank(NodeIndex(node_count - 1))) --node_count;
  out.nested([&](wire::Writer& inner) {
    for (std::uint32_t node = 0; node < node_count; ++node) write_node(inner, tree, NodeIndex(node));
  });
}

}  // namespace taut::mls
