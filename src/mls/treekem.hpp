#pragma once
// TreeKEM (RFC 9420 §7.4-§7.6): a committer gives new keys to the nodes above its leaf, and tells each half
// of the group the secret from which those that concern it follow.

#include <span>

#include "base/random.hpp"
#include "mls/commit.hpp"
#include "mls/group_context.hpp"
#include "mls/labelled.hpp"
#include "mls/leaf_rules.hpp"
#include "mls/private_tree.hpp"
#include "mls/tree_diff.hpp"

namespace taut::mls {

/// What the committer's new leaf says; key, source, parent hash and signature are made here.
struct NewLeaf {
  SignaturePublicKey signature_key;
  Credential credential;
  Capabilities capabilities;
  Extensions extensions;

  static NewLeaf like(const LeafNode& leaf);
};

struct NodePathSecret {
  NodeIndex node;
  KdfSecret path_secret;
};

/// What both sides know after a path was applied to the diff.
struct PathResult {
  PrivateTree private_tree;  ///< to replace the member's own when the commit is merged
  KdfSecret commit_secret;
};
struct CreatedPath {
  UpdatePath path;
  PathResult result;
  std::vector<NodePathSecret> path_secrets;  ///< along the filtered direct path, from the leaf up

  /// For the Welcome of a new member (§12.4.3.1): the secret of the lowest node above both, or nullptr.
  const KdfSecret* path_secret_for(LeafIndex committer, LeafIndex new_member) const;
};

struct PathSigner {
  LeafIndex leaf;  ///< in the tree, or from TreeDiff::free_leaf
  const crypto::SignatureKeyPair& key;
};

/// Creates an UpdatePath, applies it to the diff, and encrypts it to the group.
/// @param diff         with the commit's proposals applied
/// @param provisional  the new epoch's context with the old confirmed transcript hash; its tree_hash is set
/// here
/// @param added        leaves added by this commit: they learn the secret from their Welcome
/// @errors kBadKey: a member's key cannot be encrypted to
Result<CreatedPath> create_update_path(TreeDiff& diff, const PathSigner& signer, NewLeaf new_leaf,
                                       GroupContext& provisional, std::span<const LeafIndex> added,
                                       Random& random);

/// The public half of receiving one: checks leaf, keys and shape, applies it to the diff, checks the parent
/// hash, sets provisional.tree_hash.
/// @errors kWrongPath, kDuplicateKey, kBadParentHash, kBadSignature, kBadKey, and those of LeafRules::check
Status merge_update_path(TreeDiff& diff, LeafIndex sender, const UpdatePath& path, const LeafRules& rules,
                         GroupContext& provisional, std::span<const LeafIndex> added);

/// The private half: decrypts what concerns this member, and derives the rest.
/// @param diff  after merge_update_path
/// @errors kBadTag; kBadPathSecret: the secret does not give the keys of the path; kWrongPath
Result<PathResult> open_update_path(const TreeDiff& diff, const PrivateTree& own, LeafIndex sender,
                                    const UpdatePath& path, const GroupContext& provisional,
                                    std::span<const LeafIndex> added);

}  // namespace taut::mls
