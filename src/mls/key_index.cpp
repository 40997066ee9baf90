#include "mls/key_index.hpp"

namespace taut::mls {

namespace {

bool is_less(ByteView a, ByteView b) { return std::ranges::lexicographical_compare(a, b); }

/// A node with the first bytes of its key, as a number of the same order: most comparisons need no more.
struct Sorted {
  std::uint64_t prefix;
  NodeIndex node;
};

std::uint64_t prefix_of(ByteView key) {
  std::uint64_t prefix = 0;
  for (std::size_t i = 0; i < sizeof prefix; ++i) prefix = prefix << 8 | (i < key.size() ? key[i] : Byte{0});
  return prefix;
}

}  // namespace

ByteView key_of(const TreeView& tree, NodeIndex node, KeyRole role) {
  return role == KeyRole::encryption ? tree.encryption_key(node).view()
                                     : tree.leaf(node.leaf())->signature_key.view();
}

void KeyIndex::rebuild(const TreeView& tree) {
  std::vector<Sorted> sorted;
  sorted.reserve(2 * std::size_t{tree.member_count()});
  const std::uint32_t step = role_ == KeyRole::encryption ? 1 : 2;  // signature keys: leaves only
  for (NodeIndex node; tree.size().contains(node); node.value += step)
    if (!tree.is_blank(node)) sorted.push_back({prefix_of(key_of(tree, node, role_)), node});
  std::ranges::sort(sorted, [&](const Sorted& a, const Sorted& b) {
    if (a.prefix != b.prefix) return a.prefix < b.prefix;
    return is_less(key_of(tree, a.node, role_), key_of(tree, b.node, role_));
  });
  nodes_.clear();
  nodes_.reserve(sorted.size());
  for (const Sorted& one : sorted) nodes_.push_back(one.node);
}

void KeyIndex::erase(const TreeView& tree, NodeIndex node) {
  const auto key = [&](NodeIndex one) { return key_of(tree, one, role_); };
  const auto [first, last] = std::ranges::equal_range(nodes_, key_of(tree, node, role_), is_less, key);
  nodes_.erase(std::find(first, last, node));
}

void KeyIndex::insert(const TreeView& tree, NodeIndex node) {
  const auto key = [&](NodeIndex one) { return key_of(tree, one, role_); };
  nodes_.insert(std::ranges::lower_bound(nodes_, key_of(tree, node, role_), is_less, key), node);
}

std::optional<NodeIndex> KeyIndex::find(const TreeView& tree, ByteView key) const {
  const auto key_at = [&](NodeIndex one) { return key_of(tree, one, role_); };
  const auto found = std::ranges::lower_bound(nodes_, key, is_less, key_at);
  if (found == nodes_.end() || !equal(key_at(*found), key)) return std::nullopt;
  return *found;
}

bool KeyIndex::has_duplicates(const TreeView& tree) const {
  const auto same = [&](NodeIndex a, NodeIndex b) {
    return equal(key_of(tree, a, role_), key_of(tree, b, role_));
  };
  return std::ranges::adjacent_find(nodes_, same) != nodes_.end();
}

}  // namespace taut::mls
