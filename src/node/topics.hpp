#pragma once
// The topics of a node, by name: made, joined, listed, forgotten (docs/topics.md).

#include "node/topic_carrier.hpp"
#include "node/topic_keeper.hpp"
#include "topic/topic.hpp"

namespace taut::node {

inline constexpr std::size_t kTopicNameBytesMax = 64;

/// One line of UTF-8 that no other topic here has.
/// @errors malformed (bad_name); misuse (topic_exists)
Status check_topic_name(Transaction& transaction, std::string_view name);

/// What making a topic uses of a node.
struct TopicMaker {
  Store& store;
  const identity::Identity& identity;
  Random& random;
};

/// A topic of one, with this name here and for those who are invited.
/// @param carrier  of one that is on no dispatcher's log
/// @errors malformed (bad_name); misuse (topic_exists)
Result<RowNumber> create_topic(const TopicMaker& maker, const std::string& name, topic::NewTopic options,
                               const Moment& at, const std::optional<TopicCarrier>& carrier = std::nullopt);
/// Asks to be let in; take_welcomes, or take_welcome, opens the answer.
/// @errors malformed (bad_name); misuse (topic_exists)
Result<RowNumber> join_topic(const TopicMaker& maker, const std::string& name,
                             const introduction::Locator& link, const Moment& at,
                             const std::optional<TopicCarrier>& carrier = std::nullopt);

struct KnownTopic {
  RowNumber number = 0;
  std::string name;
  TopicRecord record;
  std::size_t item_count = 0;  ///< that wait to be shown
};
/// Ascending by name.
Result<std::vector<KnownTopic>> topics(Store& store);
/// @errors unavailable (no_such_topic)
Result<KnownTopic> find_topic(Store& store, std::string_view name);
/// @errors unavailable (no_such_topic); misuse (topic_exists); malformed (bad_name)
Status rename_topic(Store& store, std::string_view name, const std::string& new_name);
/// Its records and items are overwritten. Nobody is told.
Status forget_topic(Store& store, RowNumber number);

/// Welcomes that came by envelope: opened by the topic that asked, else accepted as a conversation with the
/// contact who sent it (node/conversations.hpp), else dropped.
/// @return  the topics that are open now
Result<std::vector<RowNumber>> take_welcomes(const TopicMaker& maker, const Moment& at);
/// One that came over the topic's own carrier.
/// @return  whether the topic is open now
Result<bool> take_welcome(const TopicMaker& maker, RowNumber topic, ByteView entry, const Moment& at);

}  // namespace taut::node
