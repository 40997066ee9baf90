#include "mls/tree_validation.hpp"

#include <atomic>
#include <thread>

#include "tree_world.hpp"

using namespace taut;
using namespace taut::mls;
using namespace taut::test;

namespace {

struct Nodes {
  std::vector<LeafAt> leaves;
  std::vector<ParentAt> parents;

  LeafNode& leaf(std::uint32_t index) {
    return std::ranges::find(leaves, LeafIndex{index}, &LeafAt::index)->leaf;
  }
  ParentNode& parent(std::uint32_t index) {
    return std::ranges::find(parents, NodeIndex(index), &ParentAt::index)->node;
  }
};

Nodes nodes_of(const RatchetTree& tree) {
  Nodes nodes;
  tree.for_each_member([&](LeafIndex index, const LeafNode& leaf) { nodes.leaves.push_back({index, leaf}); });
  for (NodeIndex node(1); tree.size().contains(node); node.value += 2)
    if (const ParentNode* parent_node = tree.parent_node(node)) nodes.parents.push_back({node, *parent_node});
  return nodes;
}

Status validate(const TreeWorld& world, Nodes nodes) {
  const RatchetTree tree =
      must(RatchetTree::from_nodes(world.suite.hash, std::move(nodes.leaves), std::move(nodes.parents)));
  InlineExecutor executor;
  return validate_tree(tree, world.rules(), executor);
}

// Eight members, all parents filled, then leaf 5 removed and another added: unmerged at 11 and 7.
TreeWorld filled_world() {
  TreeWorld world;
  world.add(7);
  for (const std::uint32_t sender : {0U, 2U, 4U, 6U}) world.commit({sender});
  world.remove({5});
  world.commit({4});
  world.commit({0});
  world.add(1);
  return world;
}

// Runs each task on a thread of its own.
class Threads final : public Executor {
 public:
  void run(std::size_t count, const std::function<void(std::size_t)>& task) override {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < count; ++i)
      threads.emplace_back([&, i] {
        ++ran;
        task(i);
      });
  }
  std::atomic<std::size_t> ran = 0;
};

}  // namespace

TEST_CASE("tree validation: a tree that members made is valid, filled, blank and in between") {
  TreeWorld world;
  CHECK(validate(world, nodes_of(world.tree)).has_value());
  world.add(5);
  CHECK(validate(world, nodes_of(world.tree)).has_value());
  world.commit({3});
  CHECK(validate(world, nodes_of(world.tree)).has_value());
  const TreeWorld filled = filled_world();
  REQUIRE(filled.tree.parent_node(NodeIndex(11))->unmerged_leaves == std::vector<LeafIndex>{{5}});
  REQUIRE(filled.tree.parent_node(NodeIndex(7))->unmerged_leaves == std::vector<LeafIndex>{{5}});
  CHECK(validate(filled, nodes_of(filled.tree)).has_value());
}

TEST_CASE("tree validation: a parent that no leaf vouches for") {
  const TreeWorld world = filled_world();
  const auto with = [&](auto change) {
    Nodes nodes = nodes_of(world.tree);
    change(nodes);
    return validate(world, std::move(nodes)).error();
  };
  SUBCASE("its key replaced by one that an outsider holds") {
    for (const std::uint32_t node : {1U, 3U, 7U, 11U})
      CHECK(with([&](Nodes& nodes) { nodes.parent(node).encryption_key.bytes[1] ^= 1; }) ==
            errors::kBadParentHash);
  }
  SUBCASE("its parent hash changed") {
    CHECK(with([](Nodes& nodes) { nodes.parent(3).parent_hash.fill()[0] ^= 1; }) == errors::kBadParentHash);
  }
  SUBCASE("added where all below it is blank of commits") {
    CHECK(with([](Nodes& nodes) {
            nodes.parents.push_back({NodeIndex(9), ParentNode{HpkePublicKey(Bytes(32, 9)), {}, {{5}}}});
          }) == errors::kBadParentHash);
  }
  SUBCASE("an unmerged leaf left out, or put in") {
    CHECK(with([](Nodes& nodes) { nodes.parent(11).unmerged_leaves.clear(); }) == errors::kInvalidTree);
    CHECK(with([](Nodes& nodes) {
            nodes.parent(11).unmerged_leaves.clear();
            nodes.parent(7).unmerged_leaves.clear();
          }) == errors::kBadParentHash);
    CHECK(with([](Nodes& nodes) { nodes.parent(3).unmerged_leaves = {{2}}; }) == errors::kInvalidTree);
    CHECK(with([](Nodes& nodes) { nodes.parent(7).unmerged_leaves = {{1}, {5}}; }) == errors::kInvalidTree);
  }
  SUBCASE("a leaf between blanked") {
    CHECK(with([](Nodes& nodes) {
            std::erase_if(nodes.leaves, [](const LeafAt& one) { return one.index.value == 1; });
          }) == errors::kBadParentHash);
  }
}

TEST_CASE("tree validation: many leaves below one parent cost no n squared") {
  const auto time_to_refuse = [](std::uint32_t count) {
    const TreeWorld world;
    Nodes nodes;
    LeafNode leaf = *world.tree.leaf({0});
    leaf.from = FromCommit{crypto::Digest(Bytes(32, 1))};
    for (std::uint32_t i = 0; i < count; ++i) nodes.leaves.push_back({{i}, leaf});
    nodes.parents.push_back({TreeSize::for_leaf_count(count).root(), {HpkePublicKey(Bytes(32, 9)), {}, {}}});
    const RatchetTree tree =
        must(RatchetTree::from_nodes(world.suite.hash, std::move(nodes.leaves), std::move(nodes.parents)));
    const double start = thread_cpu_s();
    CHECK(check_parent_hashes(tree).error() == errors::kBadParentHash);
    return thread_cpu_s() - start;
  };
  time_to_refuse(500);  // warm
  const double few = time_to_refuse(1'000);
  const double many = time_to_refuse(16'000);
  // 16 times the work; a quadratic one would take 256 times as long.
  CHECK(many < few * 80);
}

TEST_CASE("tree validation: a leaf below a parent, neither part of its path nor unmerged there") {
  TreeWorld world;
  world.add(3);
  world.remove({1});
  world.commit({0});  // node 1 is filtered: leaf 1 is blank
  REQUIRE(world.add(1).front() == LeafIndex{1});
  REQUIRE(world.tree.parent_node(NodeIndex(1)) == nullptr);
  Nodes nodes = nodes_of(world.tree);
  REQUIRE(nodes.parent(3).unmerged_leaves == std::vector<LeafIndex>{{1}});
  CHECK(validate(world, nodes).has_value());
  nodes.parent(3).unmerged_leaves.clear();  // no parent hash covers this: leaf 1 is on leaf 0's side
  CHECK(validate(world, std::move(nodes)).error() == errors::kBadParentHash);
}

TEST_CASE("tree validation: a credential type that not everybody supports") {
  TreeWorld world;
  world.add(2);
  const Keys keys = world.new_keys();
  LeafNode leaf = world.unsigned_leaf(keys);
  leaf.credential = Credential{X509Credential{{{1, 2, 3}}}};
  leaf.capabilities.credentials = {CredentialType::x509, CredentialType::basic};
  world.sign(leaf, keys.signature);
  Nodes nodes = nodes_of(world.tree);
  nodes.leaves.push_back({{3}, leaf});
  CHECK(validate(world, std::move(nodes)).error() == errors::kUnsupportedCapability);
}

TEST_CASE("tree validation: unmerged leaves are members below their parent") {
  const TreeWorld world = filled_world();
  for (const std::uint32_t leaf : {0U, 3U, 8U, 0xffff'ffffU}) {
    CAPTURE(leaf);
    Nodes nodes = nodes_of(world.tree);
    nodes.parent(11).unmerged_leaves.push_back({leaf});
    std::ranges::sort(nodes.parent(11).unmerged_leaves);
    CHECK(validate(world, std::move(nodes)).error() == errors::kInvalidTree);
  }
  Nodes nodes = nodes_of(world.tree);
  std::erase_if(nodes.leaves, [](const LeafAt& one) { return one.index.value == 5; });
  CHECK(validate(world, std::move(nodes)).error() == errors::kInvalidTree);
}

TEST_CASE("tree validation: keys used twice") {
  const TreeWorld world = filled_world();
  Nodes leaves = nodes_of(world.tree);
  leaves.leaf(5).encryption_key = leaves.leaf(1).encryption_key;
  CHECK(validate(world, std::move(leaves)).error() == errors::kDuplicateKey);
  Nodes signature = nodes_of(world.tree);
  signature.leaf(5).signature_key = signature.leaf(1).signature_key;
  CHECK(validate(world, std::move(signature)).error() == errors::kDuplicateKey);
  Nodes parent = nodes_of(world.tree);
  parent.parent(3).encryption_key = parent.leaf(5).encryption_key;
  CHECK(validate(world, std::move(parent)).error() == errors::kDuplicateKey);
}

TEST_CASE("tree validation: parents and leaves with keys that nobody can encrypt to") {
  const TreeWorld world = filled_world();
  Nodes nodes = nodes_of(world.tree);
  nodes.parent(3).encryption_key = HpkePublicKey(Bytes(32));
  CHECK(validate(world, std::move(nodes)).error() == errors::kBadKey);
}

TEST_CASE("tree validation: one wrong leaf signature among many, on threads too") {
  const TreeWorld world = filled_world();
  Threads threads;
  CHECK(validate_tree(world.tree, world.rules(), threads).has_value());
  CHECK(threads.ran == 8);
  for (std::uint32_t leaf = 0; leaf < 8; ++leaf) {
    CAPTURE(leaf);
    Nodes nodes = nodes_of(world.tree);
    if (nodes.leaf(leaf).source() == LeafNodeSource::commit) continue;  // its parent hash covers siblings
    nodes.leaf(leaf).signature.back() ^= 1;
    // The signature is part of the tree hashes that parent hashes cover; the last leaf added is not.
    const RatchetTree tree =
        must(RatchetTree::from_nodes(world.suite.hash, std::move(nodes.leaves), std::move(nodes.parents)));
    CHECK_FALSE(validate_tree(tree, world.rules(), threads).has_value());
    if (leaf == 5) CHECK(validate_tree(tree, world.rules(), threads).error() == errors::kBadSignature);
  }
}

TEST_CASE("tree validation: what the group requires of every member") {
  TreeWorld world = filled_world();
  InlineExecutor executor;
  world.context.extensions.set_as(ExtensionType::required_capabilities,
                                  RequiredCapabilities{{}, {ProposalType::self_remove}, {}});
  CHECK(validate_tree(world.tree, world.rules(), executor).error() == errors::kUnsupportedCapability);
  CHECK(check_members(world.tree, world.rules()).error() == errors::kUnsupportedCapability);
  world.context.extensions = {};
  world.context.extensions.set(static_cast<ExtensionType>(0xf00d), {});
  CHECK(validate_tree(world.tree, world.rules(), executor).error() == errors::kUnsupportedCapability);
}

TEST_CASE("ratchet tree: what is not one") {
  const TreeWorld world = filled_world();
  const auto read = [&](const Bytes& nodes) {
    return RatchetTree::decoded(world.suite.hash,
                                wire::written([&](wire::Writer& out) { out.vector(nodes); }));
  };
  const auto node_bytes = [&](std::uint32_t node) {
    return wire::written([&](wire::Writer& out) { write_node(out, world.tree, NodeIndex(node)); });
  };
  const Bytes leaf = node_bytes(0);
  const Bytes parent_bytes = node_bytes(1);
  const auto joined = [](std::initializer_list<Bytes> parts) {
    Bytes all;
    for (const Bytes& part : parts) append(all, part);
    return all;
  };
  CHECK(read(leaf).has_value());
  CHECK(read(joined({leaf, {0}, leaf})).has_value());
  CHECK(read({}).error() == errors::kMalformed);
  CHECK(read({0}).error() == errors::kMalformed);                             // blank alone
  CHECK(read(joined({leaf, {0}})).error() == errors::kMalformed);             // ends in a blank node
  CHECK(read(joined({leaf, leaf, leaf})).error() == errors::kMalformed);      // a leaf where a parent stands
  CHECK(read(parent_bytes).error() == errors::kMalformed);                    // and the other way round
  CHECK(read(joined({leaf, parent_bytes})).error() == errors::kInvalidTree);  // a parent right of all members
  CHECK(read(joined({leaf, {2}})).error() == errors::kMalformed);             // neither absent nor present
  CHECK(read(joined({leaf, {1, 3}})).error() == errors::kMalformed);          // no such node type
  Bytes many(2 * std::size_t{kLeafCountMax});
  CHECK(read(joined({many, leaf})).error() == errors::kLimit);
  Bytes trailing = world.tree.encoded();
  trailing.push_back(0);
  CHECK(RatchetTree::decoded(world.suite.hash, trailing).error() == errors::kMalformed);
}
