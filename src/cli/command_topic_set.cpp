#include "cli/commands.hpp"
#include "cli/topic_goal.hpp"
#include "cli/topic_text.hpp"
#include "node/own_dispatchers.hpp"

namespace taut::cli {
namespace {

using topic::Topic;

Outcome<identity::Dispatcher> dispatcher_from(const std::string& link) {
  TAUT_TRY(const identity::SignedCard card, card_from_link(link));
  const auto dispatcher = node::as_dispatcher(card);
  if (dispatcher) return *dispatcher;
  return failure_of(ExitCode::usage, dispatcher.error(), "The link is no dispatcher's",
                    "Take the link that `taut dispatcher run` prints");
}

/// What was wanted of homes; the rest stays as it is, when the change is made.
struct WantedHomes {
  std::optional<identity::Dispatcher> home;
  std::optional<std::vector<identity::Dispatcher>> fallbacks;

  static Outcome<WantedHomes> of(const TopicSetRequest& request) {
    WantedHomes wanted;
    if (request.home) {
      TAUT_TRY(wanted.home, dispatcher_from(*request.home));
    }
    if (!request.fallbacks) return wanted;
    wanted.fallbacks.emplace();
    for (const std::string& link : *request.fallbacks) {
      TAUT_TRY(identity::Dispatcher one, dispatcher_from(link));
      wanted.fallbacks->push_back(std::move(one));
    }
    return wanted;
  }
  bool is_something() const { return home || fallbacks; }

  /// A home that is left becomes the first fallback, unless fallbacks were named.
  topic::LogOrder from(const topic::LogOrder& before) const {
    topic::LogOrder order{{home.value_or(before.homes.front())}};
    const std::span<const identity::Dispatcher> rest =
        fallbacks ? std::span<const identity::Dispatcher>(*fallbacks)
                  : std::span<const identity::Dispatcher>(before.homes);
    for (const identity::Dispatcher& one : rest) {
      const bool is_there =
          std::ranges::find(order.homes, one.node_id, &identity::Dispatcher::node_id) != order.homes.end();
      if (!is_there && order.homes.size() < introduction::kPlaceCountMax) order.homes.push_back(one);
    }
    return order;
  }
};

/// Who puts commits into order, as participants are called here.
Outcome<std::vector<NodeId>> committers_wanted(const TopicSetRequest& request, const OpenNode& node,
                                               Context& context, const node::KnownTopic& known) {
  std::vector<NodeId> committers;
  if (request.committers.empty()) return committers;
  TAUT_TRY(const auto keeper, load_topic(node, context, known));
  TAUT_CHECK(check_open(*keeper, *node.store));
  if (keeper->topic()->settings().has_log())
    return failure(ExitCode::usage, "bad_setting", "'" + known.name + "' is put into order by a dispatcher",
                   "Only topics at brokers and on pipes have committers");
  std::vector<NodeId> members;
  for (const topic::Member& member : keeper->topic()->members()) members.push_back(member.node_id);
  Names names(*node.store);
  for (const std::string& who : request.committers) {
    const auto found = names.find(who, members);
    if (!found)
      return failure(ExitCode::not_found, "not_member",
                     "'" + who + "' is no participant of '" + known.name + "'",
                     "See who is: taut topic show " + known.name);
    committers.push_back(*found);
  }
  return committers;
}

topic::CommitterOrder ordered_by(const std::vector<NodeId>& committers, const topic::Settings& settings) {
  topic::CommitterOrder order = std::get<topic::CommitterOrder>(settings.order);
  order.committers = committers;
  return order;
}

/// @pre the topic has a log, where homes are wanted
bool has_come_true(const topic::SettingsChange& wanted, const topic::Settings& settings) {
  return (!wanted.expires || settings.expires == *wanted.expires) &&
         (!wanted.name || settings.name == *wanted.name) &&
         (!wanted.order || settings.order == *wanted.order);
}

}  // namespace

Done run(const TopicSetRequest& request, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  TAUT_TRY(const node::KnownTopic known, find_topic(*node.store, request.name));
  TAUT_TRY(const WantedHomes homes, WantedHomes::of(request));
  TAUT_TRY(const auto committers, committers_wanted(request, node, context, known));
  topic::SettingsChange wanted{{}, request.expires, request.title};
  TopicGoal goal;
  goal.change = [&](node::TopicChange& change) -> Status {
    const auto* const log = std::get_if<topic::LogOrder>(&change.topic.settings().order);
    if (homes.is_something() && log == nullptr) return fail(Errc::misuse, reasons::kNotForLog);
    if (homes.is_something()) wanted.order = homes.from(*log);
    if (!committers.empty()) wanted.order = ordered_by(committers, change.topic.settings());
    return change.take(change.topic.set(wanted, change.now));
  };
  goal.is_reached = [&](const Topic& topic) { return has_come_true(wanted, topic.settings()); };
  TAUT_CHECK(reach_goal(node, context, known, goal));
  return run(TopicShowRequest{request.name}, context);
}

}  // namespace taut::cli
