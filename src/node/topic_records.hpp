#pragma once
// The bytes of what a node keeps of its topics (docs/protocol/node-state.md, "Topics"). Each begins with a
// format byte, 1.

#include "node/topic_items.hpp"

namespace taut::node {

/// Numbers are part of the file's format.
enum class TopicPhase : std::uint8_t {
  joining = 0,  ///< asked to be let in: its records are a topic::Joining's
  open = 1,     ///< its records are a topic::Topic's
};

/// Whether the state file was copied or restored since the topic was last loaded: its ratchets may be old.
enum class Copied : std::uint8_t { no = 0, yes = 1 };

/// What a node knows of a topic beside the topic's own records.
/// struct { uint8 phase; optional<opaque node_id[32]> peer; uint8 copied; uint64 introductions_read; }
/// TopicRecord;
struct TopicRecord {
  TopicPhase phase = TopicPhase::open;
  std::optional<NodeId> peer;  ///< of a conversation of two
  Copied copied = Copied::no;
  std::uint64_t introductions_read = 0;  ///< the number of the last that was read in the dispatcher's box
  friend bool operator==(const TopicRecord&, const TopicRecord&) = default;
};
Bytes encode(const TopicRecord& record);
/// @errors malformed (damaged_state); incompatible (future_state)
Result<TopicRecord> parse_topic_record(ByteView bytes);

/// The state file was copied or restored: every topic drops its ratchets when it is loaded next.
Status mark_topics_copied(Transaction& transaction);

}  // namespace taut::node
