#include "mls/tree_hash.hpp"

namespace taut::mls {

// struct {
//   NodeType node_type;
//   select (TreeHashInput.node_type) {
//     case leaf:   LeafNodeHashInput leaf_node;
//     case parent: ParentNodeHashInput parent_node;
//   };
// } TreeHashInput;
//
// struct { uint32 leaf_index; optional<LeafNode> leaf_node; } LeafNodeHashInput;
crypto::Digest TreeHasher::leaf(LeafIndex index, const LeafNode* node) {
  wire::Writer out(input_);
  out.u8(static_cast<std::uint8_t>(NodeType::leaf)).u32(index.value).present(node != nullptr);
  if (node != nullptr) node->write(out);
  return finish();
}

// struct {
//     optional<ParentNode> parent_node;
//     opaque left_hash<V>;
//     opaque right_hash<V>;
// } ParentNodeHashInput;
crypto::Digest TreeHasher::parent(const ParentNode* node, const crypto::Digest& left,
                                  const crypto::Digest& right) {
  wire::Writer out(input_);
  out.u8(static_cast<std::uint8_t>(NodeType::parent)).present(node != nullptr);
  if (node != nullptr) node->write(out);
  out.vector(left.view()).vector(right.view());
  return finish();
}

// struct {
//     HPKEPublicKey encryption_key;
//     opaque parent_hash<V>;
//     opaque original_sibling_tree_hash<V>;
// } ParentHashInput;
crypto::Digest TreeHasher::parent_hash(const HpkePublicKey& encryption_key, const crypto::Digest& above,
                                       const crypto::Digest& original_sibling_tree_hash) {
  wire::Writer(input_)
      .vector(encryption_key.view())
      .vector(above.view())
      .vector(original_sibling_tree_hash.view());
  return finish();
}

crypto::Digest TreeHasher::finish() {
  const crypto::Digest digest = hash_.update(input_).finish();
  input_.clear();
  return digest;
}

}  // namespace taut::mls
