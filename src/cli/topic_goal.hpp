#pragma once
// Commands that change a topic and wait until everybody's history says so.

#include "cli/task_session.hpp"
#include "cli/topic_online.hpp"
#include "node/topics.hpp"

namespace taut::cli {

/// How long a command waits for what depends on nobody else.
inline constexpr std::chrono::seconds kTopicPatience{30};

struct TopicGoal {
  /// Made once everything was read; none: there is nothing to change.
  node::TopicKeeper::Body change{};
  std::function<bool(const topic::Topic&)> is_reached;
  std::chrono::milliseconds patience = kTopicPatience;
};

/// Goes online with a topic, changes it, and waits.
/// @errors unreachable; timeout; whatever the topic says against the change
Done reach_goal(const OpenNode& node, Context& context, const node::KnownTopic& topic, const TopicGoal& goal);

/// By name. @errors not_found, with the nearest name
Outcome<node::KnownTopic> find_topic(store::NodeStore& store, const std::string& name);
/// The same, loaded.
Outcome<std::unique_ptr<node::TopicKeeper>> load_topic(const OpenNode& node, Context& context,
                                                       const node::KnownTopic& topic);
/// Whether something can be done in it.
/// @errors not_found (still_joining, topic_closed)
Done check_open(const node::TopicKeeper& keeper, const store::NodeStore& store);
/// Why a topic does not do what was asked.
std::unexpected<Failure> topic_failure(const store::NodeStore& store, const Error& error,
                                       const std::string& name);

}  // namespace taut::cli
