// Indices, contents and hashes of ratchet trees.

#include "formats.hpp"
#include "mls/proposal.hpp"
#include "mls/tree_diff.hpp"
#include "mls/tree_validation.hpp"

using namespace taut;
using namespace taut::mls;
using namespace taut::test;

namespace {

const crypto::Suite& suite_of(const Json& one) {
  return *crypto::find_suite(one.at("cipher_suite").get<std::uint16_t>());
}

// `optional<uint32>`, compared with a step that exists for some nodes only.
template <class Step>
bool step_matches(const Json& expected, NodeIndex node, bool exists, Step step) {  // NOLINT: the vector's
  return expected.is_null() ? !exists : exists && expected.get<std::uint32_t>() == step(node).value;
}

bool tree_math_holds(const Json& one) {
  const TreeSize size = TreeSize::for_leaf_count(one.at("n_leaves").get<std::uint32_t>());
  bool holds = size.node_count() == one.at("n_nodes").get<std::uint32_t>() &&
               size.root().value == one.at("root").get<std::uint32_t>() &&
               one.at("left").size() == size.node_count();
  for (NodeIndex node; size.contains(node); ++node.value) {
    const auto at = [&](const char* member) { return one.at(member).at(node.value); };
    const bool is_root = node == size.root();
    holds = holds && step_matches(at("left"), node, !node.is_leaf(), left) &&
            step_matches(at("right"), node, !node.is_leaf(), right) &&
            step_matches(at("parent"), node, !is_root, parent) &&
            step_matches(at("sibling"), node, !is_root, sibling);
  }
  return holds;
}

Status apply(TreeDiff& diff, const Proposal& proposal, LeafIndex sender) {
  if (const auto* update = proposal.as<Update>()) return diff.update_leaf(sender, update->leaf_node);
  if (const auto* remove = proposal.as<Remove>()) return diff.remove_leaf(remove->removed);
  TAUT_CHECK(diff.add_leaf(proposal.as<Add>()->key_package.leaf_node));
  return {};
}

bool tree_operation_holds(const Json& one) {
  auto tree = RatchetTree::decoded(suite_of(one).hash, hex(one, "tree_before"));
  const auto proposal = decoded<Proposal>(hex(one, "proposal"));
  if (!tree || !proposal || !equal(tree->tree_hash().view(), hex(one, "tree_hash_before"))) return false;
  TreeDiff diff(*tree);
  if (!apply(diff, *proposal, {one.at("proposal_sender").get<std::uint32_t>()})) return false;
  const Bytes after = hex(one, "tree_after");
  const bool staged_holds = equal(diff.tree_hash().view(), hex(one, "tree_hash_after")) &&
                            wire::written([&](wire::Writer& out) { write_ratchet_tree(out, diff); }) == after;
  tree->apply(std::move(diff).take());
  return staged_holds && tree->encoded() == after &&
         equal(tree->tree_hash().view(), hex(one, "tree_hash_after"));
}

bool tree_validation_holds(const Json& one) {
  const auto tree = RatchetTree::decoded(suite_of(one).hash, hex(one, "tree"));
  if (!tree || one.at("tree_hashes").size() != tree->size().node_count()) return false;
  for (NodeIndex node; tree->size().contains(node); ++node.value) {
    std::vector<std::uint32_t> covered;
    for (const NodeIndex each : resolution(*tree, node)) covered.push_back(each.value);
    if (covered != one.at("resolutions").at(node.value).get<std::vector<std::uint32_t>>()) return false;
    if (!equal(tree->tree_hash(node).view(),
               from_hex(one.at("tree_hashes").at(node.value).get<std::string>())))
      return false;
  }
  const auto rules = LeafRules::of_group(suite_of(one).id, GroupId(hex(one, "group_id")), {});
  InlineExecutor executor;
  return rules && validate_tree(*tree, *rules, executor).has_value();
}

}  // namespace

TEST_CASE("tree-math: left, right, parent, sibling of every node") {
  mls_format::run_all("tree-math", tree_math_holds);
}

TEST_CASE("tree-operations: add, update, remove, staged and applied") {
  mls_format::run_all("tree-operations", tree_operation_holds);
}

TEST_CASE("tree-validation: resolutions, tree hashes, and all that a joiner checks") {
  mls_format::run_all("tree-validation", tree_validation_holds);
}
