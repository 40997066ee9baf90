#include "mls/tree_validation.hpp"
#include "tree_world.hpp"

using namespace taut;
using namespace taut::mls;
using namespace taut::test;

namespace {

// What a receiver says of a path.
Status merge(TreeWorld& world, LeafIndex sender, const UpdatePath& path) {
  TreeDiff diff(world.tree);
  GroupContext provisional = world.context;
  return merge_update_path(diff, sender, path, world.rules(), provisional, {});
}

}  // namespace

TEST_CASE("treekem: everybody follows everybody's commits, in every suite and many shapes") {
  for (const crypto::Suite& suite : crypto::all_suites()) {
    CAPTURE(static_cast<int>(suite.id));
    TreeWorld world(7, suite.id);
    world.add(4);
    for (const std::uint32_t sender : {0U, 3U, 4U, 1U}) world.commit({sender});
    world.remove({3});
    world.commit({2});
    world.add(2);
    world.commit({4});
  }
}

TEST_CASE("treekem: random adds, removes and commits; all agree, and nobody keeps a key too many") {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    CAPTURE(seed);
    TreeWorld world(seed);
    std::mt19937_64 dice(seed);
    const auto someone = [&] {
      return std::next(world.members.begin(), static_cast<std::ptrdiff_t>(dice() % world.members.size()))
          ->first;
    };
    for (int round = 0; round < 40; ++round) {
      if (dice() % 3 == 0) world.add(dice() % 5);
      if (dice() % 3 == 0 && world.members.size() > 2) world.remove(someone());
      world.commit(someone());
      CHECK(check_parent_hashes(world.tree).has_value());
      CHECK(check_unmerged_leaves(world.tree).has_value());
    }
  }
}

TEST_CASE("treekem: an unmerged leaf follows a path from the other half of the tree") {
  TreeWorld world;
  world.add(7);
  for (const std::uint32_t sender : {0U, 2U, 4U, 6U}) world.commit({sender});
  world.remove({5});
  world.commit({4});
  const LeafIndex unmerged = world.add(1).front();
  REQUIRE(unmerged == LeafIndex{5});
  REQUIRE(world.tree.parent_node(NodeIndex(11))->unmerged_leaves == std::vector<LeafIndex>{unmerged});
  world.commit({0});  // must() in it: every member opens it, the unmerged one too
  CHECK(world.members.at(unmerged).keys.find(world.tree.size().root()) != nullptr);
  CHECK(world.members.at(unmerged).keys.find(NodeIndex(11)) == nullptr);
}

TEST_CASE("treekem: members added by the commit get their secret by Welcome only") {
  TreeWorld world;
  world.add(4);
  world.commit({1});
  TreeDiff diff(world.tree);
  Keys keys = world.new_keys();
  const LeafIndex added = must(diff.add_leaf(world.signed_leaf(keys)));
  GroupContext provisional = world.context;
  const std::array list{added};
  const CreatedPath made =
      must(create_update_path(diff, {{1}, world.members.at({1}).signature_key},
                              NewLeaf::like(*world.tree.leaf({1})), provisional, list, world.random));
  PrivateTree joiner(added, std::move(keys.encryption));
  CHECK(open_update_path(diff, joiner, {1}, made.path, provisional, list).error() == errors::kWrongPath);

  const KdfSecret* secret = made.path_secret_for({1}, added);
  REQUIRE(secret != nullptr);
  CHECK(joiner.join(world.suite, diff, {1}, secret->expose()).has_value());
  CHECK(joiner.is_consistent_with(diff));
  CHECK(joiner.find(diff.size().root()) != nullptr);
  CHECK(joiner.find(diff.size().root())
            ->private_key.equals(made.result.private_tree.find(diff.size().root())->private_key));

  Bytes wrong = to_bytes(secret->expose());
  wrong[0] ^= 1;
  PrivateTree misled(added, crypto::DhKeyPair::copy_of(joiner.leaf_key()));
  CHECK(misled.join(world.suite, diff, {1}, wrong).error() == errors::kBadPathSecret);
  CHECK(misled.above().empty());
  // The receiver that does not leave the new leaf out of the resolution expects another shape.
  TreeDiff again(world.tree);
  must(again.add_leaf(*diff.leaf(added)));
  GroupContext theirs = world.context;
  CHECK(merge_update_path(again, {1}, made.path, world.rules(), theirs, {}).error() == errors::kWrongPath);
}

TEST_CASE("treekem: a path of the wrong shape, with the wrong keys or hashes, is refused") {
  TreeWorld world;
  world.add(5);
  world.commit({0});
  world.commit({4});
  const LeafIndex sender{2};
  const auto& key = world.members.at(sender).signature_key;
  const UpdatePath good = world.create(sender).path.path;
  REQUIRE(merge(world, sender, good));
  const auto refused = [&](auto change) {
    UpdatePath path = good;
    change(path);
    return merge(world, sender, path).error();
  };
  const auto refused_signed = [&](auto change) {
    return refused([&](UpdatePath& path) {
      change(path);
      world.sign(path.leaf_node, key, sender);
    });
  };

  CHECK(refused([](UpdatePath& path) { path.nodes.pop_back(); }) == errors::kWrongPath);
  CHECK(refused([](UpdatePath& path) { path.nodes.push_back(path.nodes.front()); }) == errors::kWrongPath);
  CHECK(refused([](UpdatePath& path) { path.nodes[1].encrypted_path_secret.pop_back(); }) ==
        errors::kWrongPath);
  CHECK(refused([](UpdatePath& path) { path.nodes[1].encrypted_path_secret.push_back({}); }) ==
        errors::kWrongPath);
  CHECK(refused([](UpdatePath& path) { path.leaf_node.signature[5] ^= 1; }) == errors::kBadSignature);
  CHECK(refused([](UpdatePath& path) { path.nodes[0].encryption_key.bytes[3] ^= 1; }) ==
        errors::kBadParentHash);
  CHECK(refused([](UpdatePath& path) { path.nodes[0].encryption_key = HpkePublicKey(Bytes(32)); }) ==
        errors::kBadKey);
  CHECK(refused([](UpdatePath& path) { path.nodes[0].encryption_key = HpkePublicKey(Bytes(31, 9)); }) ==
        errors::kBadKey);
  CHECK(refused([](UpdatePath& path) { path.nodes[1].encryption_key = path.nodes[0].encryption_key; }) ==
        errors::kDuplicateKey);
  CHECK(refused([&](UpdatePath& path) {
          path.nodes[0].encryption_key = world.tree.parent_node(world.tree.size().root())->encryption_key;
        }) == errors::kDuplicateKey);
  CHECK(refused_signed([](UpdatePath& path) {
          std::get<FromCommit>(path.leaf_node.from).parent_hash.fill()[0] ^= 1;
        }) == errors::kBadParentHash);
  CHECK(refused_signed([](UpdatePath& path) { path.leaf_node.from = FromUpdate{}; }) == errors::kWrongSource);
  CHECK(refused_signed([](UpdatePath& path) { path.leaf_node.from = Lifetime{1, 2}; }) ==
        errors::kWrongSource);
  CHECK(refused_signed([&](UpdatePath& path) {
          path.leaf_node.encryption_key = world.tree.leaf(sender)->encryption_key;
        }) == errors::kDuplicateKey);
  CHECK(refused_signed([&](UpdatePath& path) {
          path.leaf_node.encryption_key = path.nodes[0].encryption_key;
        }) == errors::kDuplicateKey);
  // Signed for another place, and for another group.
  UpdatePath moved = good;
  world.sign(moved.leaf_node, key, {3});
  CHECK(merge(world, sender, moved).error() == errors::kBadSignature);
  GroupContext other = world.context;
  other.group_id = GroupId(as_bytes("another"));
  TreeDiff diff(world.tree);
  CHECK(merge_update_path(diff, sender, good, must(LeafRules::of_group(other)), other, {}).error() ==
        errors::kBadSignature);
}

TEST_CASE("treekem: somebody else's signature key in a path's leaf is a duplicate") {
  TreeWorld world;
  world.add(3);
  UpdatePath path = world.create({2}).path.path;
  path.leaf_node.signature_key = world.tree.leaf({1})->signature_key;
  world.sign(path.leaf_node, world.members.at({1}).signature_key, {2});
  CHECK(merge(world, {2}, path).error() == errors::kDuplicateKey);
}

TEST_CASE("treekem: a secret that does not open, or gives other keys than announced") {
  TreeWorld world;
  world.add(3);
  TreeWorld::Commit made = world.create({0});
  const PrivateTree& own = world.members.at({3}).keys;
  GroupContext& context = made.provisional;
  REQUIRE(open_update_path(made.diff, own, {0}, made.path.path, context, {}).has_value());

  UpdatePath flipped = made.path.path;
  for (UpdatePathNode& node : flipped.nodes)
    for (HpkeCiphertext& one : node.encrypted_path_secret) one.ciphertext.back() ^= 1;
  CHECK(open_update_path(made.diff, own, {0}, flipped, context, {}).error() == errors::kBadTag);
  GroupContext other = context;
  ++other.epoch;
  CHECK(open_update_path(made.diff, own, {0}, made.path.path, other, {}).error() == errors::kBadTag);

  // The same ciphertext, under a tree in which the root has another key.
  const auto seal = [&](ByteView secret) {
    UpdatePath path = made.path.path;
    const auto key =
        must(crypto::DhPublic::from_bytes(world.suite.dh, world.tree.leaf({3})->encryption_key.view()));
    auto sealed =
        must(encrypt_with_label(world.suite, key, "UpdatePathNode", encoded(context), secret, world.random));
    path.nodes[1].encrypted_path_secret[1] = {to_bytes(sealed.enc.view()), std::move(sealed.ciphertext)};
    return open_update_path(made.diff, own, {0}, path, context, {});
  };
  CHECK(seal(made.path.path_secrets[1].path_secret.expose()).has_value());
  CHECK(seal(Bytes(32, 7)).error() == errors::kBadPathSecret);
  CHECK(seal(Bytes(31, 7)).error() == errors::kBadPathSecret);
  CHECK(seal({}).error() == errors::kBadPathSecret);
}

TEST_CASE("treekem: a member whose key cannot be encrypted to is not let in") {
  TreeWorld world;
  LeafNode leaf = world.unsigned_leaf(world.new_keys());
  const LeafRules rules = world.rules();
  CHECK(rules.check(leaf).has_value());
  for (const Byte first : Bytes{0, 1}) {  // of low order: every shared secret would be zero
    Bytes key(32);
    key[0] = first;
    leaf.encryption_key = HpkePublicKey(key);
    CHECK(rules.check(leaf).error() == errors::kBadKey);
    key[31] = 0x80;  // the bit that X25519 ignores
    leaf.encryption_key = HpkePublicKey(key);
    CHECK(rules.check(leaf).error() == errors::kBadKey);
  }
  leaf.encryption_key = HpkePublicKey(Bytes(33, 1));
  CHECK(rules.check(leaf).error() == errors::kBadKey);
}

TEST_CASE("treekem: alone in the group, a path has no nodes") {
  TreeWorld world;
  TreeWorld::Commit made = world.create({0});
  CHECK(made.path.path.nodes.empty());
  CHECK(merge(world, {0}, made.path.path).has_value());
  CHECK(std::get<FromCommit>(made.path.path.leaf_node.from).parent_hash.empty());
}
