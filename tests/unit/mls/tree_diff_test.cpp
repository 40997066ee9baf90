#include <set>

#include "tree_world.hpp"

using namespace taut;
using namespace taut::mls;
using namespace taut::test;

namespace {

Bytes encoded_view(const TreeView& view) {
  return wire::written([&](wire::Writer& out) { write_ratchet_tree(out, view); });
}

// A tree says the same as one that was read from its encoding: hashes, indexes, counts.
void check_sound(const RatchetTree& tree) {
  const RatchetTree again = must(RatchetTree::decoded(tree.hash_id(), tree.encoded()));
  REQUIRE(again.size() == tree.size());
  CHECK(again.member_count() == tree.member_count());
  CHECK(again.credentials() == tree.credentials());
  for (NodeIndex node; tree.size().contains(node); ++node.value) {
    CHECK(again.tree_hash(node) == tree.tree_hash(node));
    if (!tree.is_blank(node)) CHECK(tree.find_encryption_key(tree.encryption_key(node).view()) == node);
  }
  tree.for_each_member([&](LeafIndex index, const LeafNode& leaf) {
    CHECK(tree.find_leaf(leaf) == index);
    CHECK(tree.find_signature_key(leaf.signature_key.view()) == index);
  });
}

}  // namespace

TEST_CASE("tree diff: dropped, it leaves the tree as it was, byte for byte") {
  TreeWorld world;
  world.add(6);
  world.commit({3});
  const Bytes before = world.tree.encoded();
  const crypto::Digest hash = world.tree.tree_hash();
  {
    TreeDiff diff(world.tree);
    CHECK(diff.remove_leaf({2}).has_value());
    CHECK(diff.add_leaf(world.signed_leaf(world.new_keys())).has_value());
    CHECK(diff.update_leaf({4}, world.signed_leaf(world.new_keys())).has_value());
    CHECK(diff.tree_hash() != hash);
    CHECK(encoded_view(diff) != before);
  }
  CHECK(world.tree.encoded() == before);
  CHECK(world.tree.tree_hash() == hash);
  check_sound(world.tree);
}

TEST_CASE("tree diff: any series of changes, staged and applied, equals a tree read anew") {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    TreeWorld world(seed);
    std::mt19937_64 dice(seed);
    for (int round = 0; round < 12; ++round) {
      TreeDiff diff(world.tree);
      for (std::uint64_t step = dice() % 6; step-- > 0;) {
        const LeafIndex leaf{static_cast<std::uint32_t>(dice() % world.tree.size().leaf_count())};
        // Removes before Adds, as a commit has them.
        if (diff.member_count() > 1 && dice() % 2 == 0) static_cast<void>(diff.remove_leaf(leaf));
        if (dice() % 8 == 0) static_cast<void>(diff.tree_hash());
      }
      for (std::uint64_t step = dice() % 9; step-- > 0;)
        must(diff.add_leaf(world.signed_leaf(world.new_keys())));
      const Bytes staged = encoded_view(diff);
      const crypto::Digest hash = diff.tree_hash();
      CHECK(diff.check_unique_keys().has_value());
      CHECK(diff.check_credential_support().has_value());
      world.tree.apply(std::move(diff).take());
      CHECK(world.tree.encoded() == staged);
      CHECK(world.tree.tree_hash() == hash);
      check_sound(world.tree);
    }
  }
}

TEST_CASE("tree diff: adds take the leftmost blank leaves, then the tree doubles") {
  TreeWorld world;
  CHECK(world.add(4).back() == LeafIndex{4});
  CHECK(world.tree.size().leaf_count() == 8);
  world.remove({1});
  world.remove({3});
  const auto added = world.add(5);
  CHECK(added == std::vector<LeafIndex>{{1}, {3}, {5}, {6}, {7}});
  CHECK(world.add(1).front() == LeafIndex{8});
  CHECK(world.tree.size().leaf_count() == 16);
  check_sound(world.tree);
}

TEST_CASE("tree diff: a tree truncated and grown again in one commit has nothing of the old half left") {
  TreeWorld world;
  world.add(7);
  world.commit({6});
  TreeDiff diff(world.tree);
  for (const std::uint32_t leaf : {4U, 5U, 6U, 7U}) CHECK(diff.remove_leaf({leaf}).has_value());
  CHECK(diff.size().leaf_count() == 4);
  CHECK(must(diff.add_leaf(world.signed_leaf(world.new_keys()))) == LeafIndex{4});
  CHECK(diff.size().leaf_count() == 8);
  for (const std::uint32_t leaf : {5U, 6U, 7U}) CHECK(diff.leaf({leaf}) == nullptr);
  for (const std::uint32_t node : {7U, 9U, 11U, 13U}) CHECK(diff.parent_node(NodeIndex(node)) == nullptr);
  const crypto::Digest hash = diff.tree_hash();
  world.tree.apply(std::move(diff).take());
  CHECK(world.tree.tree_hash() == hash);
  check_sound(world.tree);
}

TEST_CASE("tree diff: the last member removed leaves one blank leaf for the joiner that replaces it") {
  TreeWorld world;
  TreeDiff diff(world.tree);
  CHECK(diff.remove_leaf({0}).has_value());
  CHECK(diff.member_count() == 0);
  CHECK(diff.free_leaf().value() == LeafIndex{0});
  CHECK(diff.size().leaf_count() == 1);
  CHECK(diff.remove_leaf({0}).error() == errors::kNoSuchLeaf);
}

TEST_CASE("tree diff: leaves that are not there cannot be updated or removed") {
  TreeWorld world;
  world.add(2);
  TreeDiff diff(world.tree);
  for (const std::uint32_t leaf : {3U, 4U, 0x7fff'ffffU, 0xffff'ffffU}) {
    CHECK(diff.remove_leaf({leaf}).error() == errors::kNoSuchLeaf);
    CHECK(diff.update_leaf({leaf}, world.signed_leaf(world.new_keys())).error() == errors::kNoSuchLeaf);
  }
  CHECK(diff.remove_leaf({1}).has_value());
  CHECK(diff.remove_leaf({1}).error() == errors::kNoSuchLeaf);
}

TEST_CASE("tree diff: an added leaf is unmerged at every parent above it, until that one's path is renewed") {
  TreeWorld world;
  world.add(3);
  world.commit({0});
  world.commit({2});
  world.remove({3});
  world.commit({2});
  world.add(1);
  CHECK(world.tree.parent_node(NodeIndex(3))->unmerged_leaves == std::vector<LeafIndex>{{3}});
  CHECK(world.tree.parent_node(NodeIndex(5)) == nullptr);  // filtered: leaf 3 was blank
  CHECK(resolution(world.tree, NodeIndex(3)) == std::vector<NodeIndex>{NodeIndex(3), NodeIndex(6)});
  world.commit({0});
  CHECK(world.tree.parent_node(NodeIndex(3))->unmerged_leaves.empty());
}

TEST_CASE("tree diff: duplicate keys are found, whoever else changes in the same commit") {
  TreeWorld world;
  world.add(3);
  world.commit({1});
  const Keys keys = world.new_keys();

  LeafNode same_encryption = world.signed_leaf(keys);
  same_encryption.encryption_key = world.tree.leaf({2})->encryption_key;
  LeafNode same_signature = world.signed_leaf(keys);
  same_signature.signature_key = world.tree.leaf({2})->signature_key;
  LeafNode parents_key = world.signed_leaf(keys);
  parents_key.encryption_key = world.tree.parent_node(NodeIndex(3))->encryption_key;

  for (const LeafNode& leaf : {same_encryption, same_signature}) {
    TreeDiff diff(world.tree);
    must(diff.add_leaf(leaf));
    CHECK(diff.check_unique_keys().error() == errors::kDuplicateKey);
    // Its other owner leaves in the same commit: then it is nobody's.
    TreeDiff swapped(world.tree);
    REQUIRE(swapped.remove_leaf({2}));
    must(swapped.add_leaf(leaf));
    CHECK(swapped.check_unique_keys().has_value());
  }
  TreeDiff diff(world.tree);
  must(diff.add_leaf(parents_key));
  CHECK(diff.check_unique_keys().error() == errors::kDuplicateKey);

  TreeDiff twice(world.tree);
  must(twice.add_leaf(world.signed_leaf(keys)));
  must(twice.add_leaf(world.signed_leaf(keys)));
  CHECK(twice.check_unique_keys().error() == errors::kDuplicateKey);
}

TEST_CASE("tree diff: which encryption keys are in the tree as it will be") {
  TreeWorld world;
  world.add(3);
  world.commit({1});
  const LeafNode added = world.signed_leaf(world.new_keys());
  const Bytes leafs = world.tree.leaf({2})->encryption_key.bytes;
  const Bytes parents = world.tree.parent_node(NodeIndex(3))->encryption_key.bytes;
  TreeDiff diff(world.tree);
  CHECK(diff.has_encryption_key(leafs));
  CHECK(diff.has_encryption_key(parents));
  CHECK_FALSE(diff.has_encryption_key(added.encryption_key.view()));
  must(diff.add_leaf(added));
  CHECK(diff.has_encryption_key(added.encryption_key.view()));
  CHECK(diff.remove_leaf({2}).has_value());
  CHECK_FALSE(diff.has_encryption_key(leafs));
  CHECK_FALSE(diff.has_encryption_key(parents));
}

TEST_CASE("tree diff: a credential type that some member does not support is refused") {
  TreeWorld world;
  world.add(2);
  const Keys keys = world.new_keys();
  LeafNode with_certificate = world.signed_leaf(keys);
  with_certificate.credential = Credential{X509Credential{{{1, 2, 3}}}};
  with_certificate.capabilities.credentials = {CredentialType::basic, CredentialType::x509};
  TreeDiff diff(world.tree);
  must(diff.add_leaf(with_certificate));
  CHECK(diff.check_credential_support().error() == errors::kUnsupportedCapability);
  // All others gone, nobody is left who does not.
  for (const std::uint32_t leaf : {0U, 1U, 2U}) REQUIRE(diff.remove_leaf({leaf}));
  CHECK(diff.check_credential_support().has_value());

  LeafNode without_basic = world.signed_leaf(keys);
  without_basic.capabilities.credentials = {};
  TreeDiff other(world.tree);
  must(other.add_leaf(without_basic));
  CHECK(other.check_credential_support().error() == errors::kUnsupportedCapability);
}

TEST_CASE("tree diff: adding n is linear") {
  const auto time_to_add = [&](std::uint32_t count) {
    TreeWorld world;
    std::vector<LeafNode> leaves;
    LeafNode leaf = world.signed_leaf(world.new_keys());
    for (std::uint32_t i = 0; i < count; ++i) {
      world.random.fill(leaf.encryption_key.bytes);
      world.random.fill(leaf.signature_key.bytes);
      leaves.push_back(leaf);
    }
    const double start = thread_cpu_s();
    TreeDiff diff(world.tree);
    for (LeafNode& one : leaves) must(diff.add_leaf(std::move(one)));
    CHECK(diff.check_unique_keys().has_value());
    world.tree.apply(std::move(diff).take());
    const double taken = thread_cpu_s() - start;
    CHECK(world.tree.member_count() == count + 1);
    return taken;
  };
  time_to_add(500);  // warm
  const double few = time_to_add(1'000);
  const double many = time_to_add(16'000);
  // 16 times the work; a quadratic one would take 256 times as long.
  CHECK(many < few * 80);
}

TEST_CASE("tree diff: at most kLeafCountMax leaves") {
  TreeWorld world;
  LeafNode leaf = world.signed_leaf(world.new_keys());
  TreeDiff diff(world.tree);
  for (std::uint32_t i = 1; i < kLeafCountMax; ++i) must(diff.add_leaf(leaf));
  CHECK(diff.size().leaf_count() == kLeafCountMax);
  CHECK(diff.add_leaf(leaf).error() == errors::kLimit);
  CHECK(diff.free_leaf().error() == errors::kLimit);
}
