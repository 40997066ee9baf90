// A ratchet tree from a stranger, and changes staged over it.
//
//   byte count; byte changes[count]; the rest: optional<Node> ratchet_tree<V>

#include "mls/ratchet_tree.hpp"

#include "mls/tree_diff.hpp"
#include "mls/tree_validation.hpp"
#include "support/require.hpp"

using namespace taut;
using namespace taut::mls;

namespace {

constexpr auto kHash = crypto::HashId::sha256;

Bytes encoded_view(const TreeView& view) {
  return wire::written([&](wire::Writer& out) { write_ratchet_tree(out, view); });
}

void judge(const RatchetTree& tree) {
  const LeafRules rules = LeafRules::of_group(CipherSuite{1}, GroupId(), {}).value();
  InlineExecutor executor;
  static_cast<void>(check_parent_hashes(tree));
  static_cast<void>(check_unmerged_leaves(tree));
  static_cast<void>(validate_tree(tree, rules, executor));
  for (LeafIndex leaf; tree.size().contains(leaf); ++leaf.value)
    TAUT_REQUIRE(filtered_direct_path(tree, leaf).size() <= 16);
  TAUT_REQUIRE(resolution(tree, tree.size().root()).size() <= 2 * std::size_t{tree.size().node_count()} ||
               !check_unmerged_leaves(tree));
}

void change(TreeDiff& diff, Byte what, const LeafNode& leaf) {
  const LeafIndex at{static_cast<std::uint32_t>(what >> 2)};
  switch (what & 3) {
    case 0:
      TAUT_REQUIRE(diff.remove_leaf(at).has_value() || diff.leaf(at) == nullptr);
      return;
    case 1:
      TAUT_REQUIRE(diff.leaf(diff.add_leaf(leaf).value()) != nullptr);
      return;
    case 2:
      static_cast<void>(diff.update_leaf(at, leaf));
      return;
    default: {
      const LeafIndex free = diff.free_leaf().value();
      diff.set_path_keys(
          free, std::vector<HpkePublicKey>(filtered_direct_path(diff, free).size(), leaf.encryption_key));
      diff.set_leaf(free, leaf);
    }
  }
}

// Staged, applied, and read anew, a tree is the same one.
void changes_survive(RatchetTree tree, ByteView changes) {
  const LeafNode leaf = [&] {
    LeafNode first;
    tree.for_each_member([&](LeafIndex, const LeafNode& member) { first = member; });
    return first;
  }();
  TreeDiff diff(tree);
  for (const Byte what : changes) change(diff, what, leaf);
  static_cast<void>(diff.check_unique_keys());
  if (diff.member_count() == 0) return;  // nothing that could be encoded
  const Bytes staged = encoded_view(diff);
  const crypto::Digest hash = diff.tree_hash();
  tree.apply(std::move(diff).take());
  TAUT_REQUIRE(tree.encoded() == staged);
  TAUT_REQUIRE(tree.tree_hash() == hash);
  const auto again = RatchetTree::decoded(kHash, staged);
  TAUT_REQUIRE(again.has_value() && again->tree_hash() == hash);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  wire::Reader in(ByteView(data, size));
  const auto count = in.u8();
  if (!count) return 0;
  const auto changes = in.take(*count);
  if (!changes) return 0;
  auto tree = RatchetTree::decoded(kHash, in.rest());
  if (!tree) return 0;
  TAUT_REQUIRE(equal(tree->encoded(), in.rest()));
  judge(*tree);
  changes_survive(*std::move(tree), *changes);
  return 0;
}
