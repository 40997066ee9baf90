#include "cli/commands.hpp"
#include "cli/own_dispatchers.hpp"
#include "cli/topic_goal.hpp"
#include "cli/topic_text.hpp"
#include "crypto/encoding.hpp"

namespace taut::cli {
namespace {

using node::KnownTopic;
using topic::Topic;

/// Where a topic's log may be: the dispatchers in use, the first one its home.
Outcome<topic::LogOrder> order_of(store::NodeStore& store) {
  TAUT_TRY(const auto dispatchers, own_dispatchers(store));
  topic::LogOrder order;
  for (const node::OwnDispatcher& one : dispatchers) {
    if (one.standing == node::Standing::leaving) continue;
    if (const auto dispatcher = node::as_dispatcher(one.card)) order.homes.push_back(*dispatcher);
  }
  if (!order.homes.empty()) return order;
  return failure(ExitCode::usage, "no_dispatcher", "No dispatcher is in use, so the topic would be nowhere",
                 "Take one: taut dispatcher use LINK");
}

std::string_view standing_text(const node::TopicKeeper& keeper) {
  if (!keeper.topic()) return "joining";
  switch (keeper.topic()->standing()) {
    case topic::Standing::open:
      return "open";
    case topic::Standing::diverged:
      return "diverged";
    case topic::Standing::closed:
      return "closed";
  }
  return "";
}

Json members_of(const Topic& topic, Names& names, const NodeId& own) {
  Json members = Json::array();
  for (const topic::Member& member : topic.members()) {
    const Names::Name name = names.of(member.node_id);
    members.push_back({{"node", to_text(member.node_id)},
                       {"contact", name.petname ? Json(*name.petname) : Json(nullptr)},
                       {"verified", name.verification == node::Verification::verified},
                       {"you", member.node_id == own}});
  }
  return members;
}

Json places_of(const std::vector<introduction::Place>& places) {
  Json all = Json::array();
  for (const introduction::Place& place : places) {
    if (const auto* const url = std::get_if<introduction::Url>(&place))
      all.push_back({{"url", url->text}});
    else
      all.push_back({{"dispatcher", to_text(std::get<identity::Dispatcher>(place).node_id)}});
  }
  return all;
}

Json json_of(const KnownTopic& known, const node::TopicKeeper& keeper, Names& names, const NodeId& own) {
  Json object{{"v", kJsonVersion}, {"topic", known.name}, {"standing", standing_text(keeper)}};
  object["unread"] = known.item_count;
  const Topic* const topic = keeper.topic();
  if (topic == nullptr) {
    object["name"] = keeper.joining()->link().name;
    object["places"] = places_of(keeper.joining()->link().places);
    return object;
  }
  object["id"] = crypto::to_hex(topic->id().view());
  object["name"] = topic->settings().name;
  object["epoch"] = topic->epoch();
  object["order"] = topic->settings().has_log() ? "log" : "committer";
  object["places"] = places_of(topic->settings().places());
  object["expires_s"] = topic->settings().expires.count();
  object["outbox"] = topic->outbox_count();
  object["requests"] = topic->introductions().size();
  object["members"] = members_of(*topic, names, own);
  return object;
}

std::string line_for(const KnownTopic& known, const node::TopicKeeper& keeper) {
  std::string line = known.name + " (" + std::string(standing_text(keeper));
  if (keeper.topic()) line += ", " + counted(keeper.topic()->members().size(), "participant");
  if (known.item_count != 0) line += ", " + std::to_string(known.item_count) + " waiting";
  return line + ")\n";
}

std::string lines_for(const KnownTopic& known, const node::TopicKeeper& keeper, Names& names,
                      const NodeId& own) {
  std::string lines = line_for(known, keeper);
  const Topic* const topic = keeper.topic();
  if (topic == nullptr) return lines;
  lines += "epoch " + std::to_string(topic->epoch()) + ", " +
           (topic->settings().has_log() ? "ordered by a dispatcher's log" : "ordered by a participant") +
           "\n";
  if (topic->settings().expires.count() != 0)
    lines += "messages go after " + std::to_string(topic->settings().expires.count()) + " s\n";
  for (const topic::Member& member : topic->members()) {
    const Names::Name name = names.of(member.node_id);
    const bool is_verified = name.verification == node::Verification::verified;
    lines += "  " + (member.node_id == own ? "you" : name.petname.value_or("(no contact)")) + " " +
             to_text(member.node_id) + (member.node_id == own || is_verified ? "" : " (not verified)") + "\n";
  }
  return lines;
}

std::vector<NodeId> member_ids(const Topic& topic) {
  std::vector<NodeId> nodes;
  for (const topic::Member& member : topic.members()) nodes.push_back(member.node_id);
  return nodes;
}

/// For commands whose success is all there is to say.
Done print_done(const Context& context, const std::string& topic, const std::string& what, Json more = {}) {
  if (!context.out.is_json()) return {};
  Json object{{"v", kJsonVersion}, {"topic", topic}, {"done", what}};
  for (const auto& [key, value] : more.items()) object[key] = value;
  return context.out.print(line_of(object));
}

Outcome<NodeId> member_named(const OpenNode& node, Context& context, const KnownTopic& known,
                             const std::string& who) {
  TAUT_TRY(const auto keeper, load_topic(node, context, known));
  if (!keeper->topic())
    return topic_failure(*node.store, {Errc::unavailable, reasons::kStillJoining}, known.name);
  Names names(*node.store);
  const auto found = names.find(who, member_ids(*keeper->topic()));
  if (found) return *found;
  return failure(ExitCode::not_found, "not_member", "'" + who + "' is no participant of '" + known.name + "'",
                 "See who is: taut topic show " + known.name);
}

}  // namespace

Done run(const TopicCreateRequest& request, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  TAUT_TRY(const topic::LogOrder order, order_of(*node.store));
  topic::NewTopic options;
  options.order = order;
  const node::TopicMaker maker{*node.store, node.self.identity, context.random};
  const auto created = node::create_topic(maker, request.name, options, moment());
  if (!created) return topic_failure(*node.store, created.error(), request.name);
  TAUT_TRY(const KnownTopic known, find_topic(*node.store, request.name));
  const TopicGoal goal{{}, [](const Topic&) { return true; }};
  if (const Done reached = reach_goal(node, context, known, goal); !reached) {
    (void)node::forget_topic(*node.store, *created);  // nobody knows of it
    return reached;
  }
  context.out.say("taut: invite somebody: taut topic invite " + request.name);
  return run(TopicShowRequest{request.name}, context);
}

Done run(const TopicListRequest&, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  const auto all = node::topics(*node.store);
  if (!all) return state_failure(*node.store, all.error());
  Names names(*node.store);
  Json objects = Json::array();
  std::string lines;
  for (const KnownTopic& known : *all) {
    TAUT_TRY(const auto keeper, load_topic(node, context, known));
    objects.push_back(json_of(known, *keeper, names, node.self.card.node_id()));
    lines += line_for(known, *keeper);
  }
  if (context.out.is_json()) return context.out.print(line_of(objects));
  if (all->empty()) context.out.say("taut: no topics yet. Begin one: taut topic create NAME");
  return context.out.print(lines);
}

Done run(const TopicShowRequest& request, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  TAUT_TRY(const KnownTopic known, find_topic(*node.store, request.name));
  TAUT_TRY(const auto keeper, load_topic(node, context, known));
  Names names(*node.store);
  const NodeId own = node.self.card.node_id();
  return context.out.print(context.out.is_json() ? line_of(json_of(known, *keeper, names, own))
                                                 : lines_for(known, *keeper, names, own));
}

Done run(const TopicRemoveRequest& request, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  TAUT_TRY(const KnownTopic known, find_topic(*node.store, request.name));
  TAUT_TRY(const NodeId who, member_named(node, context, known, request.who));
  const auto after = request.bar ? topic::AfterRemoval::barred : topic::AfterRemoval::may_return;
  TopicGoal goal;
  goal.change = [&](node::TopicChange& change) {
    if (!change.topic.is_member(who)) return Status();
    return change.take(change.topic.remove(who, after, change.now));
  };
  goal.is_reached = [&](const Topic& topic) { return !topic.is_member(who); };
  TAUT_CHECK(reach_goal(node, context, known, goal));
  return print_done(context, request.name, "removed", {{"node", to_text(who)}});
}

Done run(const TopicLeaveRequest& request, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  TAUT_TRY(const KnownTopic known, find_topic(*node.store, request.name));
  TAUT_TRY(const auto keeper, load_topic(node, context, known));
  const bool is_in = keeper->topic() && keeper->topic()->standing() != topic::Standing::closed;
  if (is_in) {
    TopicGoal goal;
    goal.change = [](node::TopicChange& change) { return change.take(change.topic.leave(change.now)); };
    goal.is_reached = [](const Topic& topic) { return topic.standing() == topic::Standing::closed; };
    TAUT_CHECK(reach_goal(node, context, known, goal));
  }
  TAUT_CHECK(run(TopicForgetRequest{request.name}, context));
  return print_done(context, request.name, "left");
}

Done run(const TopicForgetRequest& request, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  TAUT_TRY(const KnownTopic known, find_topic(*node.store, request.name));
  if (const auto forgotten = node::forget_topic(*node.store, known.number); !forgotten)
    return state_failure(*node.store, forgotten.error());
  return {};
}

}  // namespace taut::cli
