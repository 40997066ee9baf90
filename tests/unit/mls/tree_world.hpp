#pragma once
// A ratchet tree with all its members' private halves in one place: what every member would hold.

#include <doctest/doctest.h>

#include <ctime>
#include <map>

#include "mls/treekem.hpp"
#include "support/seeded_random.hpp"

namespace taut::test {

// Stops the test with what was wrong.
template <class T>
T must(Result<T> result) {
  REQUIRE_MESSAGE(result.has_value(), result.error().reason.name);
  return *std::move(result);
}

/// Seconds that this thread has computed: what else the machine does is no matter.
inline double thread_cpu_s() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

struct Keys {
  crypto::SignatureKeyPair signature;
  crypto::DhKeyPair encryption;
};

class TreeWorld {
 public:
  struct Member {
    crypto::SignatureKeyPair signature_key;
    mls::PrivateTree keys;
  };
  struct Commit {
    mls::TreeDiff diff;
    mls::GroupContext provisional;
    mls::CreatedPath path;
  };

  explicit TreeWorld(std::uint64_t seed = 1,
                     crypto::SuiteId id = crypto::SuiteId::x25519_aes128gcm_sha256_ed25519)
      : random(seed), suite(crypto::suite(id)), tree(suite.hash, found()) {
    context.cipher_suite = id;
    context.group_id = mls::GroupId(as_bytes("tree"));
  }

  Keys new_keys() {
    return {must(crypto::SignatureKeyPair::generate(suite.signature, random)),
            must(crypto::DhKeyPair::generate(suite.dh, random))};
  }

  static mls::Capabilities capabilities(crypto::SuiteId id) {
    return {.versions = {mls::ProtocolVersion::mls10},
            .cipher_suites = {id},
            .extensions = {},
            .proposals = {},
            .credentials = {mls::CredentialType::basic}};
  }

  mls::LeafNode unsigned_leaf(const Keys& keys) const {
    return {.encryption_key = mls::HpkePublicKey(keys.encryption.public_key.view()),
            .signature_key = mls::SignaturePublicKey(keys.signature.public_key.bytes.view()),
            .credential = mls::Credential::basic(as_bytes("someone")),
            .capabilities = capabilities(suite.id),
            .from = mls::Lifetime{1'000, 2'000},
            .extensions = {},
            .signature = {}};
  }
  /// @param place  not used for the source key_package
  void sign(mls::LeafNode& leaf, const crypto::SignatureKeyPair& key, mls::LeafIndex place = {}) const {
    const mls::LeafPlace here{context.group_id, place};
    leaf.signature =
        to_bytes(must(mls::sign_with_label(key, "LeafNodeTBS", mls::leaf_node_tbs(leaf, &here))).view());
  }
  mls::LeafNode signed_leaf(const Keys& keys) const {
    mls::LeafNode leaf = unsigned_leaf(keys);
    sign(leaf, keys.signature);
    return leaf;
  }

  mls::LeafRules rules() const { return must(mls::LeafRules::of_group(context)); }

  /// Adds members by proposal, without a path: they stand unmerged below the parents there are.
  std::vector<mls::LeafIndex> add(std::size_t count) {
    mls::TreeDiff diff(tree);
    std::vector<mls::LeafIndex> added;
    for (std::size_t i = 0; i < count; ++i) {
      Keys keys = new_keys();
      added.push_back(must(diff.add_leaf(signed_leaf(keys))));
      put(added.back(), std::move(keys));
    }
    tree.apply(std::move(diff).take());
    return added;
  }

  void remove(mls::LeafIndex leaf) {
    mls::TreeDiff diff(tree);
    REQUIRE(diff.remove_leaf(leaf));
    apply(std::move(diff));
    members.erase(leaf);
  }

  Commit create(mls::LeafIndex sender) {
    mls::TreeDiff diff(tree);
    mls::GroupContext provisional = context;
    auto path =
        must(mls::create_update_path(diff, {sender, members.at(sender).signature_key},
                                     mls::NewLeaf::like(*tree.leaf(sender)), provisional, {}, random));
    return {std::move(diff), std::move(provisional), std::move(path)};
  }

  /// A path from `sender` that everybody else opens; all agree; the tree moves on.
  void commit(mls::LeafIndex sender) {
    Commit made = create(sender);
    mls::TreeDiff diff(tree);
    mls::GroupContext provisional = context;
    REQUIRE(mls::merge_update_path(diff, sender, made.path.path, rules(), provisional, {}));
    CHECK(provisional == made.provisional);
    for (auto& [leaf, member] : members) {
      if (leaf == sender) continue;
      auto opened = must(mls::open_update_path(diff, member.keys, sender, made.path.path, provisional, {}));
      CHECK(opened.commit_secret.equals(made.path.result.commit_secret));
      member.keys = std::move(opened.private_tree);
    }
    members.at(sender).keys = std::move(made.path.result.private_tree);
    apply(std::move(diff));
  }

  void apply(mls::TreeDiff diff) {
    tree.apply(std::move(diff).take());
    for (auto& [leaf, member] : members) member.keys.keep_only(tree);
    for (auto& [leaf, member] : members)
      if (tree.leaf(leaf) != nullptr) CHECK(member.keys.is_consistent_with(tree));
  }

  SeededRandom random;
  const crypto::Suite& suite;
  mls::GroupContext context;
  std::map<mls::LeafIndex, Member> members;
  mls::RatchetTree tree;

 private:
  void put(mls::LeafIndex leaf, Keys keys) {
    members.emplace(leaf,
                    Member{std::move(keys.signature), mls::PrivateTree(leaf, std::move(keys.encryption))});
  }
  mls::LeafNode found() {
    Keys keys = new_keys();
    mls::LeafNode leaf = signed_leaf(keys);
    put({0}, std::move(keys));
    return leaf;
  }
};

}  // namespace taut::test
