// TreeKEM: paths of others open for every member, and so do the paths that we create.

#include "formats.hpp"
#include "mls/treekem.hpp"
#include "support/seeded_random.hpp"

using namespace taut;
using namespace taut::mls;
using namespace taut::test;

namespace {

struct Member {
  PrivateTree keys;
  crypto::SignatureKeyPair signature_key;
};

// Stops the test with what was wrong, as a vector that cannot be set up is no vector.
template <class T>
T must(Result<T> result) {
  REQUIRE_MESSAGE(result.has_value(), result.error().reason.name);
  return *std::move(result);
}

Member set_up(const Suite& suite, const RatchetTree& tree, const Json& one) {
  Member member{PrivateTree({one.at("index").get<std::uint32_t>()},
                            must(crypto::DhKeyPair::from_private(suite.dh, hex(one, "encryption_priv")))),
                must(crypto::SignatureKeyPair::from_private(suite.signature, hex(one, "signature_priv")))};
  for (const Json& secret : one.at("path_secrets"))
    REQUIRE(member.keys.set_path_secret(suite, tree, NodeIndex(secret.at("node").get<std::uint32_t>()),
                                        hex(secret, "path_secret")));
  REQUIRE(member.keys.is_consistent_with(tree));
  return member;
}

GroupContext context_of(const Suite& suite, const Json& one) {
  return {.cipher_suite = suite.id,
          .group_id = GroupId(hex(one, "group_id")),
          .epoch = one.at("epoch").get<std::uint64_t>(),
          .tree_hash = {},
          .confirmed_transcript_hash = crypto::Digest(hex(one, "confirmed_transcript_hash")),
          .extensions = {}};
}

class TreeKemCase {
 public:
  explicit TreeKemCase(const Json& one)
      : suite_(*crypto::find_suite(one.at("cipher_suite").get<std::uint16_t>())),
        context_(context_of(suite_, one)),
        rules_(must(LeafRules::of_group(context_))),
        tree_(must(RatchetTree::decoded(suite_.hash, hex(one, "ratchet_tree")))) {
    for (const Json& leaf : one.at("leaves_private")) members_.push_back(set_up(suite_, tree_, leaf));
  }

  bool path_holds(const Json& one) const {
    const LeafIndex sender{one.at("sender").get<std::uint32_t>()};
    const UpdatePath path = must(decoded<UpdatePath>(hex(one, "update_path")));
    GroupContext provisional = context_;
    TreeDiff diff(tree_);
    const auto merged = merge_update_path(diff, sender, path, rules_, provisional, {});
    if (!merged) {
      MESSAGE(merged.error().reason.name);
      return false;
    }
    if (!equal(diff.tree_hash().view(), hex(one, "tree_hash_after"))) return false;
    return all_open(diff, sender, path, provisional, hex(one, "commit_secret"), &one.at("path_secrets"));
  }

  bool own_path_holds(LeafIndex sender, Random& random) const {
    const auto signer =
        std::ranges::find(members_, sender, [](const Member& member) { return member.keys.own_leaf(); });
    GroupContext provisional = context_;
    TreeDiff created(tree_);
    const CreatedPath made =
        must(create_update_path(created, {sender, signer->signature_key}, NewLeaf::like(*tree_.leaf(sender)),
                                provisional, {}, random));
    GroupContext received = context_;
    TreeDiff diff(tree_);
    return merge_update_path(diff, sender, made.path, rules_, received, {}).has_value() &&
           received == provisional && made.result.private_tree.is_consistent_with(diff) &&
           all_open(diff, sender, made.path, received, made.result.commit_secret.expose(), nullptr);
  }

 private:
  bool all_open(const TreeDiff& diff, LeafIndex sender, const UpdatePath& path,
                const GroupContext& provisional, ByteView commit_secret, const Json* path_secrets) const {
    for (const Member& member : members_) {
      if (member.keys.own_leaf() == sender) continue;
      const auto opened = open_update_path(diff, member.keys, sender, path, provisional, {});
      if (!opened) MESSAGE(opened.error().reason.name);
      if (!opened || !equal(opened->commit_secret.expose(), commit_secret)) return false;
      if (!opened->private_tree.is_consistent_with(diff)) return false;
      if (path_secrets == nullptr) continue;
      // The secret of the lowest node above both gives exactly the key that was found there.
      const NodeIndex lowest = common_ancestor(NodeIndex(sender), NodeIndex(member.keys.own_leaf()));
      PrivateTree expected(member.keys.own_leaf(), crypto::DhKeyPair::copy_of(member.keys.leaf_key()));
      const Bytes secret = from_hex(path_secrets->at(member.keys.own_leaf().value).get<std::string>());
      if (!expected.set_path_secret(suite_, diff, lowest, secret)) return false;
      if (!opened->private_tree.find(lowest)->private_key.equals(expected.find(lowest)->private_key))
        return false;
    }
    return true;
  }

  const Suite& suite_;
  GroupContext context_;
  LeafRules rules_;
  RatchetTree tree_;
  std::vector<Member> members_;
};

}  // namespace

TEST_CASE("treekem: every member opens every path, theirs and ours") {
  SeededRandom random(9420);
  mls_format::run_all("treekem", [&](const Json& one) {
    const TreeKemCase tree(one);
    for (const Json& path : one.at("update_paths")) {
      if (!tree.path_holds(path)) return false;
      if (!tree.own_path_holds({path.at("sender").get<std::uint32_t>()}, random)) return false;
    }
    return true;
  });
}
