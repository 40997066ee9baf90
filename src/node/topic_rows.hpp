#pragma once
// What a node's state file holds of topics, as rows (docs/protocol/node-state.md, "Topics"). Fields named
// `record` are encoded and read by this room alone.

#include "mls/key_package.hpp"
#include "node/rows.hpp"
#include "topic/step.hpp"

namespace taut::node {

/// A topic here, or one that this node asked to be let into.
struct TopicRow {
  RowNumber number = 0;       ///< given by add_topic
  std::string name;           ///< what its owner calls it; one topic has it
  std::uint64_t version = 0;  ///< grows whenever its records change: another process has an older state
  Bytes record;
};

/// Something of a topic to show to the node's owner.
struct TopicItemRow {
  RowNumber number = 0;  ///< given by add_topic_item
  RowNumber topic = 0;
  Offered offered = Offered::never;
  WallTime erase_at;  ///< 0: it stays until it is shown
  Bytes record;
};

/// The content of an envelope `welcome`, until a topic takes it.
struct WelcomeRow {
  RowNumber number = 0;
  NodeId sender;
  WallTime received;
  Bytes body;
};

/// A KeyPackage of ours that others may claim.
struct KeyPackageRow {
  Bytes ref;
  std::uint16_t suite = 0;
  bool is_last_resort = false;
  WallTime expires;
  SecretBytes package;  ///< with its private keys
};

}  // namespace taut::node
