#pragma once

#include "mls/capabilities.hpp"
#include "mls/credential.hpp"
#include "mls/extension.hpp"

namespace taut::mls {

enum class LeafNodeSource : std::uint8_t { key_package = 1, update = 2, commit = 3 };

/// struct {
///     uint64 not_before;
///     uint64 not_after;
/// } Lifetime;                          seconds since 1970                        RFC 9420 §7.2
struct Lifetime {
  std::uint64_t not_before_s = 0;
  std::uint64_t not_after_s = 0;

  bool covers(std::uint64_t unix_s) const { return not_before_s <= unix_s && unix_s <= not_after_s; }
  /// 0 for one that ends before it begins, which is never valid.
  std::uint64_t total_s() const { return not_after_s < not_before_s ? 0 : not_after_s - not_before_s; }

  static Result<Lifetime> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  friend bool operator==(const Lifetime&, const Lifetime&) = default;
};

/// How a leaf came into the tree, with what only that way brings.
struct FromUpdate {
  friend bool operator==(const FromUpdate&, const FromUpdate&) = default;
};
struct FromCommit {
  crypto::Digest parent_hash;
  friend bool operator==(const FromCommit&, const FromCommit&) = default;
};

/// struct {
///     HPKEPublicKey encryption_key;
///     SignaturePublicKey signature_key;
///     Credential credential;
///     Capabilities capabilities;
///
///     LeafNodeSource leaf_node_source;
///     select (LeafNode.leaf_node_source) {
///         case key_package: Lifetime lifetime;
///         case update:      struct{};
///         case commit:      opaque parent_hash<V>;
///     };
///
///     Extension extensions<V>;
///     /* SignWithLabel(., "LeafNodeTBS", LeafNodeTBS) */
///     opaque signature<V>;
/// } LeafNode;                                                                    RFC 9420 §7.2
struct LeafNode {
  HpkePublicKey encryption_key;
  SignaturePublicKey signature_key;
  Credential credential;
  Capabilities capabilities;
  std::variant<Lifetime, FromUpdate, FromCommit> from;
  Extensions extensions;
  Bytes signature;

  LeafNodeSource source() const { return static_cast<LeafNodeSource>(from.index() + 1); }

  static Result<LeafNode> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  friend bool operator==(const LeafNode&, const LeafNode&) = default;
};

/// Where a leaf is used: signed into LeafNodeTBS for the sources `update` and `commit`.
struct LeafPlace {
  const GroupId& group_id;
  LeafIndex leaf_index;
};

/// LeafNodeTBS: the fields above the signature, then group_id and leaf_index unless the source is
/// key_package (then `place` is not used, and may be null).
/// @pre place != nullptr unless the source is key_package
Bytes leaf_node_tbs(const LeafNode& leaf, const LeafPlace* place);

}  // namespace taut::mls
