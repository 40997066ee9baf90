#include "mls/treekem.hpp"

namespace taut::mls {
namespace {

// RFC 9420 §7.4: the secrets along a path, each from the one below.
struct PathKeys {
  std::vector<NodePathSecret> secrets;
  std::vector<crypto::DhKeyPair> keys;
  KdfSecret commit_secret;
};

Result<PathKeys> derive_path(const Suite& suite, const std::vector<PathStep>& path, KdfSecret first) {
  PathKeys made;
  KdfSecret secret = std::move(first);
  for (const PathStep& step : path) {
    const KdfSecret node_secret = derive_secret(suite, secret.expose(), "node");
    TAUT_TRY(crypto::DhKeyPair key, crypto::DhKeyPair::derive(suite.dh, node_secret.expose()));
    made.keys.push_back(std::move(key));
    KdfSecret next = derive_secret(suite, secret.expose(), "path");
    made.secrets.push_back({step.node, std::move(secret)});
    secret = std::move(next);
  }
  made.commit_secret = std::move(secret);
  return made;
}

// §7.5: new members learn the secret from their Welcome.
std::vector<NodeIndex> recipients(const TreeView& tree, NodeIndex copath, std::span<const LeafIndex> added) {
  std::vector<NodeIndex> nodes = resolution(tree, copath);
  if (added.empty()) return nodes;
  std::vector<LeafIndex> sorted(added.begin(), added.end());
  std::ranges::sort(sorted);
  std::erase_if(nodes, [&](NodeIndex node) {
    return node.is_leaf() && std::ranges::binary_search(sorted, node.leaf());
  });
  return nodes;
}

Result<LeafNode> sign_leaf(NewLeaf&& content, HpkePublicKey encryption_key, const crypto::Digest& parent_hash,
                           const crypto::SignatureKeyPair& key, const LeafPlace& place) {
  LeafNode leaf{std::move(encryption_key),
                std::move(content.signature_key),
                std::move(content.credential),
                std::move(content.capabilities),
                FromCommit{parent_hash},
                std::move(content.extensions),
                {}};
  TAUT_TRY(const crypto::Signature signature,
           sign_with_label(key, "LeafNodeTBS", leaf_node_tbs(leaf, &place)));
  leaf.signature = to_bytes(signature.view());
  return leaf;
}

Result<UpdatePathNode> encrypt_step(const Suite& suite, const TreeView& tree, const PathStep& step,
                                    ByteView path_secret, ByteView context, std::span<const LeafIndex> added,
                                    Random& random) {
  UpdatePathNode made{tree.encryption_key(step.node), {}};
  for (const NodeIndex node : recipients(tree, step.copath, added)) {
    TAUT_TRY(const crypto::DhPublic key,
             crypto::DhPublic::from_bytes(suite.dh, tree.encryption_key(node).view()));
    TAUT_TRY(auto sealed, encrypt_with_label(suite, key, "UpdatePathNode", context, path_secret, random));
    made.encrypted_path_secret.push_back({to_bytes(sealed.enc.view()), std::move(sealed.ciphertext)});
  }
  return made;
}

std::vector<HpkePublicKey> public_keys(const std::vector<crypto::DhKeyPair>& keys) {
  std::vector<HpkePublicKey> list;
  for (const crypto::DhKeyPair& key : keys) list.emplace_back(key.public_key.view());
  return list;
}

}  // namespace

NewLeaf NewLeaf::like(const LeafNode& leaf) {
  return {leaf.signature_key, leaf.credential, leaf.capabilities, leaf.extensions};
}

const KdfSecret* CreatedPath::path_secret_for(LeafIndex committer, LeafIndex new_member) const {
  const NodeIndex ancestor = common_ancestor(NodeIndex(committer), NodeIndex(new_member));
  const auto found = std::ranges::find(path_secrets, ancestor, &NodePathSecret::node);
  return found == path_secrets.end() ? nullptr : &found->path_secret;
}

Result<CreatedPath> create_update_path(TreeDiff& diff, const PathSigner& signer, NewLeaf new_leaf,
                                       GroupContext& provisional, std::span<const LeafIndex> added,
                                       Random& random) {
  const Suite* suite = crypto::find_suite(static_cast<std::uint16_t>(provisional.cipher_suite));
  if (suite == nullptr) return refuse(errors::kUnsupportedSuite);
  const std::vector<PathStep> steps = filtered_direct_path(diff, signer.leaf);

  KdfSecret first = KdfSecret::of_size(crypto::hash_size(suite->hash));
  random.fill(first.fill());
  TAUT_TRY(PathKeys made, derive_path(*suite, steps, std::move(first)));
  TAUT_TRY(crypto::DhKeyPair leaf_key, crypto::DhKeyPair::generate(suite->dh, random));

  const crypto::Digest parent_hash = diff.set_path_keys(signer.leaf, public_keys(made.keys));
  const LeafPlace place{provisional.group_id, signer.leaf};
  TAUT_TRY(LeafNode leaf, sign_leaf(std::move(new_leaf), HpkePublicKey(leaf_key.public_key.view()),
                                    parent_hash, signer.key, place));
  diff.set_leaf(signer.leaf, leaf);
  provisional.tree_hash = diff.tree_hash();

  UpdatePath path{std::move(leaf), {}};
  const Bytes context = encoded(provisional);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    TAUT_TRY(UpdatePathNode node, encrypt_step(*suite, diff, steps[i], made.secrets[i].path_secret.expose(),
                                               context, added, random));
    path.nodes.push_back(std::move(node));
  }

  PrivateTree private_tree(signer.leaf, std::move(leaf_key));
  for (std::size_t i = 0; i < steps.size(); ++i) private_tree.set(steps[i].node, std::move(made.keys[i]));
  return CreatedPath{
      std::move(path), {std::move(private_tree), std::move(made.commit_secret)}, std::move(made.secrets)};
}

namespace {

// Keys that are keys, that nobody has, and that are not the same one twice (§12.4.2).
Status check_path_keys(const TreeDiff& diff, const UpdatePath& path, const Suite& suite) {
  std::vector<ByteView> keys{path.leaf_node.encryption_key.view()};
  for (const UpdatePathNode& node : path.nodes) {
    TAUT_CHECK(check_encryption_key(suite, node.encryption_key));
    keys.push_back(node.encryption_key.view());
  }
  if (std::ranges::any_of(keys, [&](ByteView key) { return diff.has_encryption_key(key); }))
    return refuse(errors::kDuplicateKey);
  std::ranges::sort(keys, [](ByteView a, ByteView b) { return std::ranges::lexicographical_compare(a, b); });
  if (std::ranges::adjacent_find(keys, equal) != keys.end()) return refuse(errors::kDuplicateKey);
  return {};
}

Status check_shape(const TreeView& tree, const std::vector<PathStep>& steps, const UpdatePath& path,
                   std::span<const LeafIndex> added) {
  if (path.nodes.size() != steps.size()) return refuse(errors::kWrongPath);
  for (std::size_t i = 0; i < steps.size(); ++i)
    if (path.nodes[i].encrypted_path_secret.size() != recipients(tree, steps[i].copath, added).size())
      return refuse(errors::kWrongPath);
  return {};
}

}  // namespace

Status merge_update_path(TreeDiff& diff, LeafIndex sender, const UpdatePath& path, const LeafRules& rules,
                         GroupContext& provisional, std::span<const LeafIndex> added) {
  if (!diff.size().contains(sender)) return refuse(errors::kNoSuchLeaf);
  TAUT_CHECK(rules.check(path.leaf_node, LeafNodeSource::commit));
  TAUT_CHECK(check_shape(diff, filtered_direct_path(diff, sender), path, added));
  TAUT_CHECK(check_path_keys(diff, path, rules.suite()));
  TAUT_CHECK(rules.check_signature(path.leaf_node, sender));

  std::vector<HpkePublicKey> keys;
  for (const UpdatePathNode& node : path.nodes) keys.push_back(node.encryption_key);
  const crypto::Digest parent_hash = diff.set_path_keys(sender, keys);
  if (parent_hash != std::get<FromCommit>(path.leaf_node.from).parent_hash)
    return refuse(errors::kBadParentHash);
  diff.set_leaf(sender, path.leaf_node);
  TAUT_CHECK(diff.check_unique_keys());
  TAUT_CHECK(diff.check_credential_support());
  provisional.tree_hash = diff.tree_hash();
  return {};
}

namespace {

// The node of the resolution whose key this member has, and its place among the ciphertexts.
struct Opening {
  const crypto::DhKeyPair* key;
  const HpkeCiphertext* ciphertext;
};
Result<Opening> find_opening(const TreeView& tree, const PrivateTree& own, const PathStep& step,
                             const UpdatePathNode& node, std::span<const LeafIndex> added) {
  const std::vector<NodeIndex> nodes = recipients(tree, step.copath, added);
  if (nodes.size() != node.encrypted_path_secret.size()) return refuse(errors::kWrongPath);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const crypto::DhKeyPair* key = own.find(nodes[i]);
    if (key != nullptr && equal(key->public_key.view(), tree.encryption_key(nodes[i]).view()))
      return Opening{key, &node.encrypted_path_secret[i]};
  }
  return refuse(errors::kWrongPath);
}

}  // namespace

Result<PathResult> open_update_path(const TreeDiff& diff, const PrivateTree& own, LeafIndex sender,
                                    const UpdatePath& path, const GroupContext& provisional,
                                    std::span<const LeafIndex> added) {
  const Suite* suite = crypto::find_suite(static_cast<std::uint16_t>(provisional.cipher_suite));
  if (suite == nullptr) return refuse(errors::kUnsupportedSuite);
  const std::vector<PathStep> steps = filtered_direct_path(diff, sender);
  const auto step = std::ranges::find_if(
      steps, [&](const PathStep& one) { return is_in_subtree(NodeIndex(own.own_leaf()), one.copath); });
  if (steps.size() != path.nodes.size() || step == steps.end()) return refuse(errors::kWrongPath);

  const auto at = static_cast<std::size_t>(step - steps.begin());
  TAUT_TRY(const Opening opening, find_opening(diff, own, *step, path.nodes[at], added));
  TAUT_TRY(const SecretBytes opened,
           decrypt_with_label(*suite, *opening.key, "UpdatePathNode", encoded(provisional),
                              opening.ciphertext->kem_output, opening.ciphertext->ciphertext));
  if (opened.size() != crypto::hash_size(suite->hash)) return refuse(errors::kBadPathSecret);

  PrivateTree next = PrivateTree::copy_of(own);
  next.keep_only(diff);
  KdfSecret secret(opened.expose());
  for (std::size_t i = at; i < steps.size(); ++i) {
    TAUT_CHECK(next.set_path_secret(*suite, diff, steps[i].node, secret.expose()));
    secret = derive_secret(*suite, secret.expose(), "path");
  }
  return PathResult{std::move(next), std::move(secret)};
}

}  // namespace taut::mls
