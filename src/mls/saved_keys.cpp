#include "mls/saved_keys.hpp"

#include "mls/tree_math.hpp"

namespace taut::mls {

namespace {

Result<crypto::DhKeyPair> read_key(const Suite& suite, wire::Reader& in) {
  TAUT_TRY(const ByteView key, in.vector(crypto::kDhPrivateBytesMax));
  return crypto::DhKeyPair::from_private(suite.dh, key);
}

}  // namespace

void write_private_tree(wire::Writer& out, const PrivateTree& tree) {
  out.u32(tree.own_leaf().value).vector(tree.leaf_key().private_key.expose());
  out.list(tree.above(), [](wire::Writer& inner, const PrivateTree::NodeKey& one) {
    inner.u32(one.node.value).vector(one.key.private_key.expose());
  });
}

Result<PrivateTree> read_private_tree(const Suite& suite, wire::Reader& in) {
  TAUT_TRY(const std::uint32_t own_leaf, in.u32());
  if (own_leaf >= kLeafCountMax) return malformed();
  TAUT_TRY(crypto::DhKeyPair leaf_key, read_key(suite, in));
  PrivateTree tree({own_leaf}, std::move(leaf_key));
  TAUT_TRY(wire::Reader above, in.nested(kPrivateTreeBytesMax));
  while (!above.empty()) {
    TAUT_TRY(const std::uint32_t index, above.u32());
    const NodeIndex node(index);
    if (node.is_leaf() || index >= 2 * kLeafCountMax || !is_in_subtree(NodeIndex(tree.own_leaf()), node))
      return malformed();
    TAUT_TRY(crypto::DhKeyPair key, read_key(suite, above));
    tree.set(node, std::move(key));
  }
  return tree;
}

}  // namespace taut::mls
