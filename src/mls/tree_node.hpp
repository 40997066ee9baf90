#pragma once

#include <optional>

#include "mls/leaf_node.hpp"

namespace taut::mls {

/// struct {
///     HPKEPublicKey encryption_key;
///     opaque parent_hash<V>;
///     uint32 unmerged_leaves<V>;
/// } ParentNode;                                                                  RFC 9420 §7.1
struct ParentNode {
  HpkePublicKey encryption_key;
  crypto::Digest parent_hash;
  std::vector<LeafIndex> unmerged_leaves;  ///< strictly ascending

  /// @errors malformed: unmerged leaves out of order
  static Result<ParentNode> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  friend bool operator==(const ParentNode&, const ParentNode&) = default;
};

/// struct {
///     NodeType node_type;
///     select (Node.node_type) {
///         case leaf:   LeafNode leaf_node;
///         case parent: ParentNode parent_node;
///     };
/// } Node;                                                                        RFC 9420 §12.4.3.3
enum class NodeType : std::uint8_t { leaf = 1, parent = 2 };

}  // namespace taut::mls
