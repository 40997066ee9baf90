#pragma once
// Who uses a public key: keeps the check for duplicates linear. A sorted array of node numbers; the keys
// themselves stay in the tree, and no choice of keys makes it slow.

#include <optional>
#include <vector>

#include "mls/tree_view.hpp"

namespace taut::mls {

enum class KeyRole : std::uint8_t { encryption, signature };

/// The key that a node has in this role.
/// @pre not blank; a leaf, for signature
ByteView key_of(const TreeView& tree, NodeIndex node, KeyRole role);

class KeyIndex {
 public:
  explicit KeyIndex(KeyRole role) : role_(role) {}

  /// Reads all keys anew: O(n log n).
  void rebuild(const TreeView& tree);
  /// O(log n) comparisons, and a move of at most 4 bytes a node.
  /// @pre the tree still holds the key of `node`, or holds it already
  void erase(const TreeView& tree, NodeIndex node);
  void insert(const TreeView& tree, NodeIndex node);

  std::optional<NodeIndex> find(const TreeView& tree, ByteView key) const;
  /// Two nodes have one key.
  bool has_duplicates(const TreeView& tree) const;

 private:
  KeyRole role_;
  std::vector<NodeIndex> nodes_;  // ascending by key
};

}  // namespace taut::mls
