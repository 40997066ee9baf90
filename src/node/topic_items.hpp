#pragma once
// What waits to be shown of topics: messages, gaps, and what happened among the participants. As in
// node/items.hpp: taken, shown, flushed, marked; after a crash in between it comes again, `redelivered`.

#include <span>

#include "node/items.hpp"
#include "topic/step.hpp"

namespace taut::node {

using TopicMessage = topic::MessageReceived;
using TopicGap = topic::Gap;

/// A message of ours that will not be delivered, unless somebody says it again.
struct TopicUnsent {
  MessageId message_id;
  topic::ContentType type{};
  Bytes body;
  std::string reason;
};

/// Numbers are part of the file's format.
enum class TopicNotice : std::uint8_t {
  joined = 1,
  removed = 2,
  settings = 3,      ///< were changed
  undone = 4,        ///< what was asked for will not happen; `detail` says what
  left = 5,          ///< we are out, by ourselves
  removed_us = 6,    ///< we are out
  diverged = 7,      ///< stopped; asks to be let in again
  disagreement = 8,  ///< another participant sees another history
  returned = 9,      ///< in again
  introduced = 10,   ///< somebody asks to be let in; `detail`: the name in the card
  let_in = 11,       ///< our asking was answered
  replaced = 12,     ///< another conversation with the same contact took its place
  by_envelope = 13,  ///< this conversation goes back to envelopes
};
std::string_view name_of(TopicNotice notice);

struct TopicHappening {
  TopicNotice what{};
  std::optional<NodeId> who;
  std::optional<NodeId> by;
  std::uint64_t epoch = 0;
  std::string detail;
};

using TopicWhat = std::variant<TopicMessage, TopicGap, TopicUnsent, TopicHappening>;
Bytes encode(const TopicWhat& what);
Result<TopicWhat> parse_topic_item(ByteView bytes);

struct TopicItem {
  RowNumber number = 0;
  Delivery delivery = Delivery::first;
  TopicWhat what;
};

/// What an event has for the node's owner; nullopt: nothing.
std::optional<TopicWhat> shown_of(const topic::Event& event);
Status keep_topic_item(Transaction& transaction, RowNumber topic, const TopicWhat& what);

/// The oldest items of a topic, at most `count_max`; they count as offered from now on.
/// @param wall  what should have gone by then is erased, not given
Result<std::vector<TopicItem>> take_topic_items(Store& store, RowNumber topic, std::size_t count_max,
                                                std::optional<WallTime> wall);
Status mark_topic_items_shown(Store& store, std::span<const RowNumber> numbers);
/// Erases what should have gone by now, of all topics. Nothing is written where that is nothing.
Status sweep_topic_items(Store& store, std::optional<WallTime> wall);

}  // namespace taut::node
