#include "cli/commands.hpp"
#include "cli/topic_changes.hpp"
#include "cli/topic_goal.hpp"

namespace taut::cli {

Done run(const TopicSetRequest& request, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  TAUT_TRY(const node::KnownTopic known, find_topic(*node.store, request.name));
  TAUT_TRY(const auto keeper, load_topic(node, context, known));
  TAUT_CHECK(check_open(*keeper, *node.store));
  Names names(*node.store);
  TAUT_TRY(WantedSettings wanted, WantedSettings::of(request, *keeper->topic(), names));
  TopicGoal goal;
  goal.change = [&](node::TopicChange& change) { return wanted.ask(change); };
  goal.is_reached = [&](const topic::Topic& topic) { return wanted.has_come_true(topic.settings()); };
  TAUT_CHECK(reach_goal(node, context, known, goal));
  return run(TopicShowRequest{request.name}, context);
}

}  // namespace taut::cli
