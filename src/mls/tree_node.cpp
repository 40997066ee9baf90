#include "mls/tree_node.hpp"

namespace taut::mls {

Result<ParentNode> ParentNode::read(wire::Reader& in) {
  ParentNode made;
  TAUT_TRY(made.encryption_key, read_opaque<HpkePublicKey>(in));
  TAUT_TRY(made.parent_hash, read_digest(in));
  const auto read_leaf = [](wire::Reader& inner) -> Result<LeafIndex> {
    TAUT_TRY(const std::uint32_t index, inner.u32());
    return LeafIndex{index};
  };
  TAUT_TRY(made.unmerged_leaves, in.list(read_leaf, kLeafCountMax));
  if (std::ranges::adjacent_find(made.unmerged_leaves, std::greater_equal<>()) != made.unmerged_leaves.end())
    return malformed();
  return made;
}

void ParentNode::write(wire::Writer& out) const {
  out.vector(encryption_key.view()).vector(parent_hash.view());
  out.list(unmerged_leaves, [](wire::Writer& inner, LeafIndex leaf) { inner.u32(leaf.value); });
}

}  // namespace taut::mls
