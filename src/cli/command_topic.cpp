#include "cli/commands.hpp"
#include "cli/own_dispatchers.hpp"
#include "cli/topic_carrier.hpp"
#include "cli/topic_changes.hpp"
#include "cli/topic_goal.hpp"
#include "cli/topic_with.hpp"
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

struct NewPlace {
  topic::Order order;
  std::optional<node::TopicCarrier> carrier;
};

/// A dispatcher's log, a broker, or pipes. Where there is no log, whoever begins the topic puts it into
/// order.
Outcome<NewPlace> place_of(const TopicCreateRequest& request, const OpenNode& node, Context& context) {
  topic::CommitterOrder committer;
  committer.committers = {node.self.card.node_id()};
  if (request.pipe) return NewPlace{std::move(committer), node::TopicCarrier{}};
  if (!request.mqtt) {
    TAUT_TRY(topic::LogOrder order, order_of(*node.store));
    return NewPlace{std::move(order), std::nullopt};
  }
  const auto url = carrier::mqtt_url_from_text(*request.mqtt);
  if (!url) return url_failure(url.error(), *request.mqtt);
  committer.places.emplace_back(introduction::Url{to_text(*url)});
  TAUT_TRY(auto carrier, broker_carrier(request.access, context));
  return NewPlace{std::move(committer), std::move(carrier)};
}

/// As its places say.
std::string_view carrier_text(bool has_log, std::span<const introduction::Place> places) {
  if (has_log) return "dispatcher";
  return places.empty() ? "pipe" : "mqtt";
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
  object["carrier"] = carrier_text(topic->settings().has_log(), topic->settings().places());
  object["order"] = topic->settings().has_log() ? "log" : "committer";
  object["places"] = places_of(topic->settings().places());
  if (const auto* const order = std::get_if<topic::CommitterOrder>(&topic->settings().order))
    for (const NodeId& node : order->committers) object["committers"].push_back(to_text(node));
  object["expires_s"] = topic->settings().expires.count();
  object["outbox"] = topic->outbox_count();
  object["requests"] = topic->introductions().size();
  object["members"] = members_of(*topic, names, own);
  object["barred"] = Json::array();
  for (const NodeId& node : topic->settings().barred) object["barred"].push_back(to_text(node));
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
  for (const introduction::Place& place : topic->settings().places())
    if (const auto* const url = std::get_if<introduction::Url>(&place)) lines += "at " + url->text + "\n";
  if (topic->settings().expires.count() != 0)
    lines += "messages go after " + std::to_string(topic->settings().expires.count()) + " s\n";
  for (const topic::Member& member : topic->members()) {
    const Names::Name name = names.of(member.node_id);
    const bool is_verified = name.verification == node::Verification::verified;
    lines += "  " + (member.node_id == own ? "you" : name.petname.value_or("(no contact)")) + " " +
             to_text(member.node_id) + (member.node_id == own || is_verified ? "" : " (not verified)") + "\n";
  }
  for (const NodeId& node : topic->settings().barred)
    lines += "  barred: " + names.of(node).petname.value_or("(no contact)") + " " + to_text(node) + "\n";
  return lines;
}

/// For commands whose success is all there is to say.
Done print_done(const Context& context, const std::string& topic, const std::string& what, Json more = {}) {
  if (!context.out.is_json()) return {};
  Json object{{"v", kJsonVersion}, {"topic", topic}, {"done", what}};
  for (const auto& [key, value] : more.items()) object[key] = value;
  return context.out.print(line_of(object));
}

/// With us in it, now or once.
Outcome<std::unique_ptr<node::TopicKeeper>> load_open(const OpenNode& node, Context& context,
                                                      const KnownTopic& known) {
  TAUT_TRY(auto keeper, load_topic(node, context, known));
  if (keeper->topic()) return keeper;
  return topic_failure(*node.store, {Errc::unavailable, reasons::kStillJoining}, known.name);
}

Outcome<NodeId> barred_named(const OpenNode& node, Context& context, const KnownTopic& known,
                             const std::string& who) {
  TAUT_TRY(const auto keeper, load_open(node, context, known));
  Names names(*node.store);
  const auto found = names.find(who, keeper->topic()->settings().barred);
  if (found) return *found;
  return failure(ExitCode::not_found, "not_barred", "'" + who + "' is not barred from '" + known.name + "'",
                 "See who is: taut topic show " + known.name);
}

Outcome<NodeId> member_named(const OpenNode& node, Context& context, const KnownTopic& known,
                             const std::string& who) {
  TAUT_TRY(const auto keeper, load_open(node, context, known));
  Names names(*node.store);
  return find_member(*keeper->topic(), known.name, names, who);
}

}  // namespace

Done run(const TopicCreateRequest& request, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  TAUT_TRY(const NewPlace place, place_of(request, node, context));
  if (request.with) {
    TAUT_CHECK(create_with(request, std::get<topic::LogOrder>(place.order), node, context));
    return run(TopicShowRequest{request.name}, context);
  }
  topic::NewTopic options;
  options.order = place.order;
  const node::TopicMaker maker{*node.store, node.self.identity, context.random};
  const auto created = node::create_topic(maker, request.name, options, moment(), place.carrier);
  if (!created) return topic_failure(*node.store, created.error(), request.name);
  TAUT_TRY(const KnownTopic known, find_topic(*node.store, request.name));
  const TopicGoal goal{{}, [](const Topic&) { return true; }};
  if (const Done reached = reach_goal(node, context, known, goal); !reached) {
    (void)node::forget_topic(*node.store, *created);  // nobody knows of it
    return reached;
  }
  context.out.say("taut: invite somebody: taut topic invite " + request.name);
  if (request.pipe) context.out.say("taut: put it on a pipe: taut topic filter " + request.name);
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

Done run(const TopicUnbarRequest& request, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  TAUT_TRY(const KnownTopic known, find_topic(*node.store, request.name));
  TAUT_TRY(const NodeId who, barred_named(node, context, known, request.who));
  TopicGoal goal;
  goal.change = [&](node::TopicChange& change) { return change.take(change.topic.unbar(who, change.now)); };
  goal.is_reached = [&](const Topic& topic) { return !topic.settings().is_barred(who); };
  TAUT_CHECK(reach_goal(node, context, known, goal));
  return print_done(context, request.name, "unbarred", {{"node", to_text(who)}});
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
  std::error_code gone;
  std::filesystem::remove(context.home.topic_lock(known.number), gone);
  return {};
}

}  // namespace taut::cli
