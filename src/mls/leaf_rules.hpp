#pragma once
// Leaf node validation (RFC 9420 §7.3): what a leaf is held against. Uniqueness of keys and support of
// credential types concern the tree as a whole: TreeDiff and validate_tree check them.

#include "mls/group_context.hpp"
#include "mls/leaf_node.hpp"

namespace taut::mls {

class LeafRules {
 public:
  /// The rules of a group: its suite, its ID, and the extensions that are (or are about to be) in force.
  /// @errors malformed: a required_capabilities that does not parse; kUnsupportedSuite
  static Result<LeafRules> of_group(CipherSuite suite, const GroupId& group_id, const Extensions& extensions);
  static Result<LeafRules> of_group(const GroupContext& context) {
    return of_group(context.cipher_suite, context.group_id, context.extensions);
  }
  /// Without a group: for a KeyPackage that is not in one yet.
  static Result<LeafRules> of_suite(CipherSuite suite);

  /// Everything that can be said of one leaf alone: source, capabilities, keys; not the signature.
  /// @errors kWrongSource, kUnsupportedCapability, kBadKey
  Status check(const LeafNode& leaf, LeafNodeSource source) const;
  /// The same for a leaf that sits in a tree, whatever its source.
  Status check(const LeafNode& leaf) const;
  /// @param place  not used for the source key_package
  /// @errors kBadSignature
  Status check_signature(const LeafNode& leaf, LeafIndex place) const;

  const crypto::Suite& suite() const { return *suite_; }
  const GroupId& group_id() const { return group_id_; }

 private:
  LeafRules() = default;

  const crypto::Suite* suite_ = nullptr;
  GroupId group_id_;
  RequiredCapabilities required_;  // with the types of the group context's extensions
};

/// Members can encrypt to this key. One that they could not would stop every commit of the group.
/// @errors kBadKey
Status check_encryption_key(const crypto::Suite& suite, const HpkePublicKey& key);

/// A clock's view, for those who propose; validity of a commit never depends on it.
/// @param total_s_max  longest lifetime that the application accepts (RFC 9420 §7.2)
/// @errors kExpired
Status check_lifetime(const LeafNode& leaf, std::uint64_t now_unix_s, std::uint64_t total_s_max);

}  // namespace taut::mls
