#pragma once
// What happens in topics, as people and programs read it.

#include "cli/context.hpp"
#include "cli/json.hpp"
#include "node/topic_items.hpp"

namespace taut::cli {

/// How participants are called here.
class Names {
 public:
  enum class NodeIds { whole, shortened };
  explicit Names(store::NodeStore& store, NodeIds node_ids = NodeIds::whole)
      : store_(store), node_ids_(node_ids) {}

  struct Name {
    std::optional<std::string> petname;
    node::Verification verification = node::Verification::unverified;
  };
  Name of(const NodeId& node);
  /// The petname, or the node ID.
  std::string text_of(const NodeId& node);
  /// By petname or node ID, whoever it is.
  std::optional<NodeId> find(const std::string& who, std::span<const NodeId> among);
  /// Whether some contact has it.
  bool is_petname(const std::string& name);

 private:
  store::NodeStore& store_;
  NodeIds node_ids_;
};

/// @param own  this node, which is "you"
Json json_of(const node::TopicItem& item, const std::string& topic, Names& names);
std::string text_of(const node::TopicItem& item, Names& names, const NodeId& own);
bool is_message(const node::TopicItem& item);

}  // namespace taut::cli
