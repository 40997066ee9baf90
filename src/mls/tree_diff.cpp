#include "mls/tree_diff.hpp"

#include <cassert>

namespace taut::mls {

TreeDiff::TreeDiff(const RatchetTree& base)
    : TreeDiff(base, {.size = base.size_,
                      .kept = base.size_,
                      .leaves = {},
                      .parents = {},
                      .hashes = {},
                      .credentials = base.credentials_,
                      .first_blank = base.first_blank_,
                      .last_member = base.last_member_}) {}

TreeDiff::TreeDiff(const RatchetTree& base, TreeChanges changes)
    : base_(base), changes_(std::move(changes)), hasher_(base.hash_) {}

// ---- Reading ----

const LeafNode* TreeDiff::leaf(LeafIndex index) const {
  if (!size().contains(index)) return nullptr;
  const auto changed = changes_.leaves.find(index.value);
  if (changed != changes_.leaves.end()) return changed->second.get();
  return reads_base(NodeIndex(index)) ? base_.leaf(index) : nullptr;
}

const ParentNode* TreeDiff::parent_node(NodeIndex index) const {
  if (!size().contains(index)) return nullptr;
  const auto changed = changes_.parents.find(index.value);
  if (changed != changes_.parents.end()) return changed->second ? &*changed->second : nullptr;
  return reads_base(index) ? base_.parent_node(index) : nullptr;
}

bool TreeDiff::is_changed(NodeIndex node) const {
  return node.is_leaf() ? changes_.leaves.contains(node.leaf().value) : changes_.parents.contains(node.value);
}

const crypto::Digest& TreeDiff::tree_hash(NodeIndex node) {
  const auto known = changes_.hashes.find(node.value);
  if (known != changes_.hashes.end()) {
    if (known->second) return *known->second;
  } else if (reads_base(node)) {
    return base_.tree_hash(node);
  }
  const crypto::Digest hash =
      node.is_leaf() ? hasher_.leaf(node.leaf(), leaf(node.leaf()))
                     : hasher_.parent(parent_node(node), tree_hash(left(node)), tree_hash(right(node)));
  return *(changes_.hashes[node.value] = hash);
}

// ---- Changing ----

// Tree hashes from here to the root are out of date. Where one already is, so are all above it.
void TreeDiff::touch(NodeIndex node) {
  for (;; node = parent(node)) {
    const auto [hash, is_new] = changes_.hashes.try_emplace(node.value);
    if (!is_new && !hash->second) return;
    hash->second.reset();
    if (node == size().root()) return;
  }
}

void TreeDiff::put_leaf(LeafIndex index, std::shared_ptr<const LeafNode> leaf_node) {
  if (const LeafNode* before = leaf(index)) changes_.credentials.remove(*before);
  if (leaf_node != nullptr) {
    changes_.credentials.add(*leaf_node);
    changes_.last_member = std::max(changes_.last_member, index);
  } else {
    changes_.first_blank = std::min(changes_.first_blank, index);
  }
  changes_.leaves[index.value] = std::move(leaf_node);
  touch(NodeIndex(index));
}

void TreeDiff::put_parent(NodeIndex node, std::optional<ParentNode> parent_node) {
  changes_.parents[node.value] = std::move(parent_node);
  touch(node);
}

void TreeDiff::blank_path(LeafIndex index) {
  for (const NodeIndex node : direct_path(NodeIndex(index), size()))
    if (!is_blank(node)) put_parent(node, std::nullopt);
}

void TreeDiff::add_unmerged(NodeIndex node, LeafIndex leaf_index) {
  auto changed = changes_.parents.find(node.value);
  if (changed == changes_.parents.end())
    changed = changes_.parents.emplace(node.value, *parent_node(node)).first;
  auto& unmerged = changed->second->unmerged_leaves;
  const auto at = std::ranges::lower_bound(unmerged, leaf_index);
  if (at == unmerged.end() || *at != leaf_index) unmerged.insert(at, leaf_index);
  touch(node);
}

Result<LeafIndex> TreeDiff::free_leaf() {
  LeafIndex& at = changes_.first_blank;
  while (leaf(at) != nullptr) ++at.value;
  if (!size().contains(at)) {
    if (size().leaf_count() == kLeafCountMax) return refuse(errors::kLimit);
    changes_.size = size().doubled();
  }
  return at;
}

Result<LeafIndex> TreeDiff::add_leaf(LeafNode leaf_node) {
  TAUT_TRY(const LeafIndex index, free_leaf());
  put_leaf(index, std::make_shared<const LeafNode>(std::move(leaf_node)));
  for (const NodeIndex node : direct_path(NodeIndex(index), size()))
    if (!is_blank(node)) add_unmerged(node, index);
  return index;
}

Status TreeDiff::update_leaf(LeafIndex index, LeafNode leaf_node) {
  if (leaf(index) == nullptr) return refuse(errors::kNoSuchLeaf);
  set_leaf(index, std::move(leaf_node));
  blank_path(index);
  return {};
}

Status TreeDiff::remove_leaf(LeafIndex index) {
  if (leaf(index) == nullptr) return refuse(errors::kNoSuchLeaf);
  put_leaf(index, nullptr);
  blank_path(index);
  truncate();
  return {};
}

// §7.7. A tree without any member keeps one blank leaf: the joiner of an external commit that removes the
// last member takes it.
void TreeDiff::truncate() {
  while (changes_.last_member.value > 0 && leaf(changes_.last_member) == nullptr)
    --changes_.last_member.value;
  const TreeSize needed = TreeSize::for_leaf_count(changes_.last_member.value + 1);
  if (needed == size()) return;
  changes_.size = needed;
  changes_.kept = std::min(changes_.kept, needed);
  forget_outside();
}

void TreeDiff::forget_outside() {
  std::erase_if(changes_.leaves, [&](const auto& one) { return !size().contains(LeafIndex{one.first}); });
  std::erase_if(changes_.parents, [&](const auto& one) { return !size().contains(NodeIndex(one.first)); });
  std::erase_if(changes_.hashes, [&](const auto& one) { return !size().contains(NodeIndex(one.first)); });
}

void TreeDiff::set_leaf(LeafIndex index, LeafNode leaf_node) {
  put_leaf(index, std::make_shared<const LeafNode>(std::move(leaf_node)));
}

crypto::Digest TreeDiff::set_path_keys(LeafIndex leaf_index, std::span<const HpkePublicKey> keys) {
  const std::vector<PathStep> path = filtered_direct_path(*this, leaf_index);
  assert(keys.size() == path.size());
  blank_path(leaf_index);
  crypto::Digest parent_hash;  // the root's is empty
  for (std::size_t i = path.size(); i-- > 0;) {
    put_parent(path[i].node, ParentNode{keys[i], parent_hash, {}});
    // The sibling's original tree hash is its tree hash now: the path resets all unmerged leaves (§7.9).
    parent_hash = hasher_.parent_hash(keys[i], parent_hash, tree_hash(path[i].copath));
  }
  return parent_hash;
}

// ---- Judging ----

bool TreeDiff::has_encryption_key(ByteView key) const {
  const auto below = base_.find_encryption_key(key);
  if (below && reads_base(*below) && !is_changed(*below)) return true;
  return std::ranges::any_of(changes_.changed_nodes(), [&](NodeIndex node) {
    return !is_blank(node) && equal(encryption_key(node).view(), key);
  });
}

Status TreeDiff::check_unique(KeyRole role, std::vector<NodeIndex> changed) const {
  const auto key = [&](NodeIndex node) { return key_of(*this, node, role); };
  const auto is_less = [](ByteView a, ByteView b) { return std::ranges::lexicographical_compare(a, b); };
  std::ranges::sort(changed, is_less, key);
  if (std::ranges::adjacent_find(changed, equal, key) != changed.end()) return refuse(errors::kDuplicateKey);
  const KeyIndex& index = role == KeyRole::encryption ? base_.encryption_keys_ : base_.signature_keys_;
  for (const NodeIndex node : changed) {
    const auto below = index.find(base_, key(node));
    if (below && reads_base(*below) && !is_changed(*below)) return refuse(errors::kDuplicateKey);
  }
  return {};
}

Status TreeDiff::check_unique_keys() const {
  std::vector<NodeIndex> changed = changes_.changed_nodes();
  std::erase_if(changed, [&](NodeIndex node) { return is_blank(node); });
  TAUT_CHECK(check_unique(KeyRole::encryption, changed));
  std::erase_if(changed, [](NodeIndex node) { return !node.is_leaf(); });
  return check_unique(KeyRole::signature, std::move(changed));
}

Status TreeDiff::check_credential_support() const {
  if (!changes_.credentials.all_supported()) return refuse(errors::kUnsupportedCapability);
  return {};
}

TreeChanges TreeDiff::take() && {
  tree_hash();
  return std::move(changes_);
}

}  // namespace taut::mls
