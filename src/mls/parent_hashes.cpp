#include "mls/parent_hashes.hpp"

#include <span>

#include "mls/tree_hash.hpp"

namespace taut::mls {
namespace {

using LeafSpan = std::span<const LeafIndex>;

LeafSpan below(LeafSpan leaves, NodeIndex node) {
  const auto first = std::ranges::lower_bound(leaves, first_leaf(node));
  const auto last = std::ranges::upper_bound(leaves, last_leaf(node));
  return {first, last};
}

class ParentHashCheck {
 public:
  explicit ParentHashCheck(const RatchetTree& tree) : tree_(tree), hasher_(tree.hash_id()) {}

  Status run() {
    covered_.assign(tree_.size().node_count(), false);
    count_resolutions();
    tree_.for_each_member([&](LeafIndex index, const LeafNode& leaf) {
      if (leaf.source() == LeafNodeSource::commit) follow(NodeIndex(index));
    });
    for (NodeIndex node(1); tree_.size().contains(node); node.value += 2)
      if (!tree_.is_blank(node) && !covered_[node.value]) return refuse(errors::kBadParentHash);
    return {};
  }

 private:
  // Level by level, as the tree is hashed.
  void count_resolutions() {
    resolution_sizes_.assign(tree_.size().node_count(), 0);
    tree_.for_each_member([&](LeafIndex index, const LeafNode&) { size_of(NodeIndex(index)) = 1; });
    for (std::uint32_t first = 1; first < tree_.size().node_count(); first = 2 * first + 1)
      for (NodeIndex node(first); tree_.size().contains(node); node.value += 2 * (first + 1)) {
        const ParentNode* parent_node = tree_.parent_node(node);
        size_of(node) = parent_node == nullptr ? size_of(left(node)) + size_of(right(node))
                                               : 1 + parent_node->unmerged_leaves.size();
      }
  }
  std::size_t& size_of(NodeIndex node) { return resolution_sizes_[node.value]; }

  // The chain that begins at a leaf, as far as its hashes hold. Two chains cannot meet: from different
  // sides each would have to hash the other, and on one side `is_updated_together` holds for one node only.
  void follow(NodeIndex node) {
    for (auto above = next_parent(node); above && is_valid(node, *above); above = next_parent(node)) {
      covered_[above->value] = true;
      node = *above;
    }
  }

  std::optional<NodeIndex> next_parent(NodeIndex node) const {
    while (node != tree_.size().root()) {
      node = parent(node);
      if (!tree_.is_blank(node)) return node;
    }
    return std::nullopt;
  }

  // D is valid with respect to P, the first parent above it that is not blank: were there another between
  // them, the resolution of C without D would hold a parent, and unmerged leaves cannot equal that.
  bool is_valid(NodeIndex d, NodeIndex p) {
    const ParentNode& parent_node = *tree_.parent_node(p);
    const NodeIndex c = child_towards(p, d);
    return is_updated_together(d, c, parent_node.unmerged_leaves) &&
           parent_hash_of(d) ==
               hasher_.parent_hash(parent_node.encryption_key, parent_node.parent_hash,
                                   original_tree_hash(sibling(c), parent_node.unmerged_leaves));
  }

  // The resolution of C is D and the unmerged leaves. It is written out for one D at most where unmerged
  // leaves are what they should be: n leaves below a single parent cost no n squared.
  bool is_updated_together(NodeIndex d, NodeIndex c, LeafSpan unmerged) {
    const LeafSpan below_c = below(unmerged, c);
    if (size_of(c) != 1 + below_c.size()) return false;
    if (d.is_leaf() && std::ranges::binary_search(below_c, d.leaf())) return false;
    std::vector<NodeIndex> expected = resolution(tree_, c);
    if (std::erase(expected, d) == 0) return false;
    return std::ranges::equal(expected, below_c, {}, {}, [](LeafIndex leaf) { return NodeIndex(leaf); });
  }

  const crypto::Digest& parent_hash_of(NodeIndex node) const {
    if (!node.is_leaf()) return tree_.parent_node(node)->parent_hash;
    return std::get<FromCommit>(tree_.leaf(node.leaf())->from).parent_hash;
  }

  // §7.9: the tree hash as if these leaves had never been added.
  crypto::Digest original_tree_hash(NodeIndex node, LeafSpan unmerged) {
    const LeafSpan removed = below(unmerged, node);
    if (removed.empty()) return tree_.tree_hash(node);
    if (node.is_leaf()) return hasher_.leaf(node.leaf(), nullptr);
    const crypto::Digest left_hash = original_tree_hash(left(node), removed);
    const crypto::Digest right_hash = original_tree_hash(right(node), removed);
    if (tree_.is_blank(node)) return hasher_.parent(nullptr, left_hash, right_hash);
    ParentNode original = *tree_.parent_node(node);
    std::erase_if(original.unmerged_leaves,
                  [&](LeafIndex leaf) { return std::ranges::binary_search(removed, leaf); });
    return hasher_.parent(&original, left_hash, right_hash);
  }

  const RatchetTree& tree_;
  TreeHasher hasher_;
  std::vector<bool> covered_;
  std::vector<std::size_t> resolution_sizes_;
};

}  // namespace

Status check_parent_hashes(const RatchetTree& tree) { return ParentHashCheck(tree).run(); }

}  // namespace taut::mls
