#include "mls/key_index.hpp"

namespace taut::mls {

namespace {

bool is_less(ByteView a, ByteView b) { return std::ranges::lexicographical_compare(a, b); }

}  // namespace

ByteView key_of(const TreeView& tree, NodeIndex node, KeyRole role) {
  return role == KeyRole::encryption ? tree.encryption_key(node).view()
                                     : tree.leaf(node.leaf())->signature_key.view();
}

void KeyIndex::rebuild(const TreeView& tree) {
  nodes_.clear();
  nodes_.reserve(2 * std::size_t{tree.member_count()});
  const std::uint32_t step = role_ == KeyRole::encryption ? 1 : 2;  // signature keys: leaves only
  for (NodeIndex node; tree.size().contains(node); node.value += step)
    if (!tree.is_blank(node)) nodes_.push_back(node);
  std::ranges::sort(nodes_, is_less, [&](NodeIndex node) { return key_of(tree, node, role_); });
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
