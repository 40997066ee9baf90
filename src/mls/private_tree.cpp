#include "mls/private_tree.hpp"

namespace taut::mls {
namespace {

bool has_key(const TreeView& tree, NodeIndex node, const crypto::DhKeyPair& key) {
  return !tree.is_blank(node) && equal(tree.encryption_key(node).view(), key.public_key.view());
}

}  // namespace

PrivateTree::PrivateTree(LeafIndex own_leaf, crypto::DhKeyPair leaf_key)
    : own_leaf_(own_leaf), leaf_key_(std::move(leaf_key)) {}

PrivateTree PrivateTree::copy_of(const PrivateTree& other) {
  PrivateTree copy(other.own_leaf_, crypto::DhKeyPair::copy_of(other.leaf_key_));
  copy.above_.reserve(other.above_.size());
  for (const NodeKey& one : other.above_)
    copy.above_.push_back({one.node, crypto::DhKeyPair::copy_of(one.key)});
  return copy;
}

const crypto::DhKeyPair* PrivateTree::find(NodeIndex node) const {
  if (node == NodeIndex(own_leaf_)) return &leaf_key_;
  const auto found = std::ranges::find(above_, node, &NodeKey::node);
  return found == above_.end() ? nullptr : &found->key;
}

void PrivateTree::set(NodeIndex node, crypto::DhKeyPair key) {
  const auto at =
      std::ranges::lower_bound(above_, level(node), {}, [](const NodeKey& one) { return level(one.node); });
  if (at != above_.end() && at->node == node) {
    at->key = std::move(key);
  } else {
    above_.insert(at, {node, std::move(key)});
  }
}

Status PrivateTree::set_path_secret(const Suite& suite, const TreeView& tree, NodeIndex node,
                                    ByteView path_secret) {
  const KdfSecret node_secret = derive_secret(suite, path_secret, "node");
  TAUT_TRY(crypto::DhKeyPair key, crypto::DhKeyPair::derive(suite.dh, node_secret.expose()));
  if (!has_key(tree, node, key)) return refuse(errors::kBadPathSecret);
  set(node, std::move(key));
  return {};
}

Status PrivateTree::join(const Suite& suite, const TreeView& tree, LeafIndex committer,
                         ByteView path_secret) {
  NodeIndex node = common_ancestor(NodeIndex(own_leaf_), NodeIndex(committer));
  TAUT_CHECK(set_path_secret(suite, tree, node, path_secret));
  KdfSecret secret(path_secret);
  while (node != tree.size().root()) {
    node = parent(node);
    if (tree.is_blank(node)) continue;  // not on the committer's filtered direct path
    secret = derive_secret(suite, secret.expose(), "path");
    TAUT_CHECK(set_path_secret(suite, tree, node, secret.expose()));
  }
  return {};
}

void PrivateTree::keep_only(const TreeView& tree) {
  std::erase_if(above_, [&](const NodeKey& one) { return !has_key(tree, one.node, one.key); });
}

bool PrivateTree::is_consistent_with(const TreeView& tree) const {
  return has_key(tree, NodeIndex(own_leaf_), leaf_key_) &&
         std::ranges::all_of(above_, [&](const NodeKey& one) { return has_key(tree, one.node, one.key); });
}

}  // namespace taut::mls
