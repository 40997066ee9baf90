#include "mls/tree_changes.hpp"

#include <algorithm>

namespace taut::mls {

std::vector<NodeIndex> TreeChanges::changed_nodes() const {
  std::vector<NodeIndex> nodes;
  nodes.reserve(leaves.size() + parents.size());
  for (const auto& [leaf, unused] : leaves) nodes.emplace_back(LeafIndex{leaf});
  for (const auto& [node, unused] : parents) nodes.emplace_back(node);
  std::ranges::sort(nodes);
  return nodes;
}

}  // namespace taut::mls
