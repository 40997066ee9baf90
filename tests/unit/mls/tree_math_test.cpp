#include <doctest/doctest.h>

#include "mls/tree_math.hpp"

using namespace taut::mls;

namespace {

// By the definition: go up, and see.
bool is_above(NodeIndex ancestor, NodeIndex node, TreeSize size) {
  for (;; node = parent(node)) {
    if (node == ancestor) return true;
    if (node == size.root()) return false;
  }
}

}  // namespace

TEST_CASE("tree math: subtrees and common ancestors, against their definitions") {
  const TreeSize size = TreeSize::for_leaf_count(16);
  for (NodeIndex a; size.contains(a); ++a.value) {
    for (NodeIndex b; size.contains(b); ++b.value) {
      CAPTURE(a.value);
      CAPTURE(b.value);
      CHECK(is_in_subtree(b, a) == is_above(a, b, size));
      const NodeIndex common = common_ancestor(a, b);
      CHECK(is_above(common, a, size));
      CHECK(is_above(common, b, size));
      if (common.is_leaf()) continue;
      for (const NodeIndex lower : {left(common), right(common)})
        CHECK_FALSE((is_above(lower, a, size) && is_above(lower, b, size)));
    }
    CHECK(is_above(a, NodeIndex(first_leaf(a)), size));
    CHECK(is_above(a, NodeIndex(last_leaf(a)), size));
    CHECK(last_leaf(a).value - first_leaf(a).value + 1 == 1U << level(a));
  }
}

TEST_CASE("tree math: the size of a full tree") {
  CHECK(TreeSize::for_leaf_count(0).node_count() == 0);
  CHECK(TreeSize::for_leaf_count(1).node_count() == 1);
  CHECK(TreeSize::for_leaf_count(5).leaf_count() == 8);
  CHECK(TreeSize::for_leaf_count(8).node_count() == 15);
  CHECK(TreeSize::for_leaf_count(kLeafCountMax).leaf_count() == kLeafCountMax);
  CHECK(TreeSize::for_leaf_count(8).root() == NodeIndex(7));
  CHECK(TreeSize::for_leaf_count(8).halved().doubled() == TreeSize::for_leaf_count(8));
  CHECK_FALSE(TreeSize::for_leaf_count(8).contains(LeafIndex{8}));
  CHECK_FALSE(TreeSize::for_leaf_count(8).contains(NodeIndex(15)));
}

TEST_CASE("tree math: the direct path leads to the root") {
  const TreeSize size = TreeSize::for_leaf_count(8);
  CHECK(direct_path(NodeIndex(LeafIndex{2}), size) ==
        std::vector<NodeIndex>{NodeIndex(5), NodeIndex(3), NodeIndex(7)});
  CHECK(direct_path(size.root(), size).empty());
  CHECK(child_towards(NodeIndex(7), NodeIndex(4)) == NodeIndex(3));
  CHECK(child_towards(NodeIndex(7), NodeIndex(12)) == NodeIndex(11));
}
