#include "mls/ratchet_tree.hpp"

#include "mls/tree_hash.hpp"

namespace taut::mls {
namespace {

// Above this many changed nodes the indexes are sorted anew: cheaper than moving them node by node.
constexpr std::size_t kInsertedSinglyMax = 64;

struct NodeLists {
  std::vector<LeafAt> leaves;
  std::vector<ParentAt> parents;
};

Status read_node(wire::Reader& in, NodeIndex index, NodeLists& lists) {
  TAUT_TRY(const std::uint8_t type, in.u8());
  const NodeType expected = index.is_leaf() ? NodeType::leaf : NodeType::parent;
  if (type != static_cast<std::uint8_t>(expected)) return malformed();
  if (index.is_leaf()) {
    TAUT_TRY(LeafNode leaf, LeafNode::read(in));
    lists.leaves.push_back({index.leaf(), std::move(leaf)});
  } else {
    TAUT_TRY(ParentNode parent, ParentNode::read(in));
    lists.parents.push_back({index, std::move(parent)});
  }
  return {};
}

}  // namespace

RatchetTree::RatchetTree(crypto::HashId hash, LeafNode creator) : hash_(hash) {
  resize(TreeSize::for_leaf_count(1));
  leaves_[0] = std::make_shared<const LeafNode>(std::move(creator));
  index_all();
  hash_all();
}

Result<RatchetTree> RatchetTree::read(crypto::HashId hash, wire::Reader& in) {
  TAUT_TRY(wire::Reader nodes, in.nested());
  NodeLists lists;
  bool last_is_blank = true;
  for (NodeIndex index; !nodes.empty(); ++index.value) {
    TAUT_TRY(const bool is_present, nodes.present());
    last_is_blank = !is_present;
    if (is_present) TAUT_CHECK(read_node(nodes, index, lists));
  }
  if (last_is_blank) return malformed();
  return from_nodes(hash, std::move(lists.leaves), std::move(lists.parents));
}

Result<RatchetTree> RatchetTree::decoded(crypto::HashId hash, ByteView bytes) {
  wire::Reader in(bytes);
  TAUT_TRY(RatchetTree tree, read(hash, in));
  TAUT_CHECK(in.finish());
  return tree;
}

Result<RatchetTree> RatchetTree::from_nodes(crypto::HashId hash, std::vector<LeafAt> leaves,
                                            std::vector<ParentAt> parents) {
  if (leaves.empty()) return refuse(errors::kInvalidTree);
  const std::uint32_t last = std::ranges::max(leaves, {}, &LeafAt::index).index.value;
  if (last >= kLeafCountMax) return refuse(errors::kLimit);

  RatchetTree tree(hash);
  tree.resize(TreeSize::for_leaf_count(last + 1));
  for (LeafAt& one : leaves) {
    auto& slot = tree.leaves_[one.index.value];
    if (slot != nullptr) return refuse(errors::kInvalidTree);
    slot = std::make_shared<const LeafNode>(std::move(one.leaf));
  }
  for (ParentAt& one : parents) {
    if (one.index.is_leaf() || !tree.size_.contains(one.index)) return refuse(errors::kInvalidTree);
    auto& slot = tree.parents_[one.index.value / 2];
    if (slot) return refuse(errors::kInvalidTree);
    slot = std::move(one.node);
  }
  tree.index_all();
  tree.hash_all();
  return tree;
}

Bytes RatchetTree::encoded() const {
  return wire::written([&](wire::Writer& out) { write_ratchet_tree(out, *this); });
}

const LeafNode* RatchetTree::leaf(LeafIndex index) const {
  return size_.contains(index) ? leaves_[index.value].get() : nullptr;
}

const ParentNode* RatchetTree::parent_node(NodeIndex index) const {
  if (!size_.contains(index)) return nullptr;
  const auto& slot = parents_[index.value / 2];
  return slot ? &*slot : nullptr;
}

std::optional<LeafIndex> RatchetTree::find_signature_key(ByteView key) const {
  const auto found = signature_keys_.find(*this, key);
  if (!found) return std::nullopt;
  return found->leaf();
}

std::optional<LeafIndex> RatchetTree::find_leaf(const LeafNode& leaf) const {
  const auto found = find_encryption_key(leaf.encryption_key.view());
  if (!found || !found->is_leaf() || *leaves_[found->leaf().value] != leaf) return std::nullopt;
  return found->leaf();
}

bool RatchetTree::has_duplicate_keys() const {
  return encryption_keys_.has_duplicates(*this) || signature_keys_.has_duplicates(*this);
}

void RatchetTree::resize(TreeSize size) {
  size_ = size;
  leaves_.resize(size.leaf_count());
  parents_.resize(size.leaf_count() - 1);
  hashes_.resize(size.node_count());
}

void RatchetTree::index_all() {
  credentials_ = {};
  first_blank_ = {size_.leaf_count()};
  for (LeafIndex at; size_.contains(at); ++at.value) {
    if (const LeafNode* member = leaf(at)) {
      credentials_.add(*member);
      last_member_ = at;
    } else {
      first_blank_ = std::min(first_blank_, at);
    }
  }
  encryption_keys_.rebuild(*this);
  signature_keys_.rebuild(*this);
}

void RatchetTree::hash_all() {
  TreeHasher hasher(hash_);
  for (LeafIndex at; size_.contains(at); ++at.value) hashes_[NodeIndex(at).value] = hasher.leaf(at, leaf(at));
  for (std::uint32_t first = 1; first < size_.node_count(); first = 2 * first + 1)  // level by level
    for (NodeIndex node(first); size_.contains(node); node.value += 2 * (first + 1))
      hashes_[node.value] = hasher.parent(parent_node(node), tree_hash(left(node)), tree_hash(right(node)));
}

void RatchetTree::drop_keys(const TreeChanges& changes) {
  const auto drop = [&](NodeIndex node) {
    if (is_blank(node)) return;
    encryption_keys_.erase(*this, node);
    if (node.is_leaf()) signature_keys_.erase(*this, node);
  };
  for (const NodeIndex node : changes.changed_nodes())
    if (changes.kept.contains(node)) drop(node);
  for (NodeIndex node(changes.kept.node_count()); size_.contains(node); ++node.value) drop(node);
}

void RatchetTree::add_keys(const std::vector<NodeIndex>& nodes) {
  for (const NodeIndex node : nodes) {
    if (is_blank(node)) continue;
    encryption_keys_.insert(*this, node);
    if (node.is_leaf()) signature_keys_.insert(*this, node);
  }
}

void RatchetTree::apply(TreeChanges changes) {
  const std::vector<NodeIndex> changed = changes.changed_nodes();
  const std::size_t dropped = size_.node_count() - changes.kept.node_count();
  const bool singly = changed.size() + dropped <= kInsertedSinglyMax;
  if (singly) drop_keys(changes);

  if (changes.kept < size_) resize(changes.kept);
  if (size_ < changes.size) resize(changes.size);
  for (auto& [leaf, node] : changes.leaves) leaves_[leaf] = std::move(node);
  for (auto& [node, parent] : changes.parents) parents_[node / 2] = std::move(parent);
  for (const auto& [node, hash] : changes.hashes) hashes_[node] = *hash;
  credentials_ = changes.credentials;
  first_blank_ = changes.first_blank;
  last_member_ = changes.last_member;

  if (singly) {
    add_keys(changed);
  } else {
    encryption_keys_.rebuild(*this);
    signature_keys_.rebuild(*this);
  }
}

}  // namespace taut::mls
