#include "mls/tree_validation.hpp"

#include <atomic>

namespace taut::mls {
namespace {

// Every parent between this one and the leaf has it among its unmerged leaves too.
bool is_unmerged_below(const TreeView& tree, NodeIndex node, LeafIndex leaf) {
  for (NodeIndex at = parent(NodeIndex(leaf)); at != node; at = parent(at)) {
    const ParentNode* between = tree.parent_node(at);
    if (between != nullptr && !std::ranges::binary_search(between->unmerged_leaves, leaf)) return false;
  }
  return true;
}

Status check_signatures(const RatchetTree& tree, const LeafRules& rules, Executor& executor) {
  std::vector<LeafIndex> members;
  members.reserve(tree.member_count());
  tree.for_each_member([&](LeafIndex index, const LeafNode&) { members.push_back(index); });
  std::atomic<bool> failed = false;
  executor.run(members.size(), [&](std::size_t i) {
    if (failed.load(std::memory_order_relaxed)) return;
    if (!rules.check_signature(*tree.leaf(members[i]), members[i])) failed = true;
  });
  if (failed) return refuse(errors::kBadSignature);
  return {};
}

}  // namespace

Status check_members(const TreeView& tree, const LeafRules& rules) {
  Status status;
  tree.for_each_member([&](LeafIndex, const LeafNode& leaf) {
    if (status) status = rules.check(leaf);
  });
  return status;
}

Status check_parent_keys(const TreeView& tree, const crypto::Suite& suite) {
  for (NodeIndex node(1); tree.size().contains(node); node.value += 2)
    if (const ParentNode* parent_node = tree.parent_node(node))
      TAUT_CHECK(check_encryption_key(suite, parent_node->encryption_key));
  return {};
}

Status check_unmerged_leaves(const TreeView& tree) {
  for (NodeIndex node(1); tree.size().contains(node); node.value += 2) {
    const ParentNode* parent_node = tree.parent_node(node);
    if (parent_node == nullptr) continue;
    for (const LeafIndex leaf : parent_node->unmerged_leaves) {
      const bool is_below = first_leaf(node) <= leaf && leaf <= last_leaf(node);
      if (!is_below || tree.leaf(leaf) == nullptr || !is_unmerged_below(tree, node, leaf))
        return refuse(errors::kInvalidTree);
    }
  }
  return {};
}

Status validate_tree(const RatchetTree& tree, const LeafRules& rules, Executor& executor) {
  TAUT_CHECK(check_members(tree, rules));
  TAUT_CHECK(check_parent_keys(tree, rules.suite()));
  TAUT_CHECK(check_unmerged_leaves(tree));
  if (tree.has_duplicate_keys()) return refuse(errors::kDuplicateKey);
  if (!tree.credentials().all_supported()) return refuse(errors::kUnsupportedCapability);
  TAUT_CHECK(check_parent_hashes(tree));
  return check_signatures(tree, rules, executor);  // the dearest comes last
}

}  // namespace taut::mls
