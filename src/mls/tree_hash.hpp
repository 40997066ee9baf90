#pragma once
// Tree hashes (RFC 9420 §7.8) and parent hashes (§7.9) of single nodes.

#include "mls/tree_view.hpp"

namespace taut::mls {

/// Keeps its buffers, so that hashing a tree allocates once.
class TreeHasher {
 public:
  explicit TreeHasher(crypto::HashId hash) : hash_(hash) {}

  /// @param node  nullptr: blank
  crypto::Digest leaf(LeafIndex index, const LeafNode* node);
  /// @param node  nullptr: blank
  crypto::Digest parent(const ParentNode* node, const crypto::Digest& left, const crypto::Digest& right);
  /// ParentHashInput: of the parent with this key, whose own parent_hash is `above`.
  crypto::Digest parent_hash(const HpkePublicKey& encryption_key, const crypto::Digest& above,
                             const crypto::Digest& original_sibling_tree_hash);

 private:
  crypto::Digest finish();

  crypto::Hash hash_;
  Bytes input_;
};

}  // namespace taut::mls
