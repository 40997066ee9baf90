// Letting others in: invitations, pairing windows, requests.

#include "cli/commands.hpp"
#include "cli/qr.hpp"
#include "cli/topic_asking.hpp"
#include "cli/topic_changes.hpp"
#include "cli/topic_goal.hpp"

namespace taut::cli {
namespace {

using node::KnownTopic;
using topic::Topic;

Outcome<introduction::Locator> make_link(const TopicInviteRequest& request, node::TopicKeeper& keeper,
                                         const OpenNode& node) {
  std::optional<introduction::Locator> link;
  const auto made =
      keeper.change(moment(), [&](node::TopicChange& change) { return make_link(request, change, link); });
  if (!made) return topic_failure(*node.store, made.error(), request.name);
  return *std::move(link);
}

Done print_link(const Context& context, const std::string& topic, const introduction::Locator& locator) {
  const auto text = introduction::to_text(locator);
  if (!text)
    return failure_of(text.error(), "No link can be made of '" + topic + "'", "Look at it: taut topic show");
  if (context.out.is_json())
    return context.out.print(line_of({{"v", kJsonVersion}, {"topic", topic}, {"link", *text}}));
  TAUT_CHECK(context.out.print(*text + "\n"));
  context.out.say("taut: whoever has this link gets in by: taut topic join '" + *text + "'");
  const std::size_t columns = context.out.terminal_columns();
  if (columns == 0) return {};
  if (const auto code = qr_code(*text, columns)) return context.out.print(*code);
  context.out.say("taut: the terminal is too narrow for the link's QR code");
  return {};
}

/// Stays until somebody came in by it, or the time is over.
Done pair(const OpenNode& node, Context& context, const KnownTopic& known, std::chrono::seconds window) {
  std::size_t before = 0;
  TopicGoal goal;
  goal.patience = window;
  goal.change = [&](node::TopicChange& change) {
    before = change.topic.members().size();
    return change.take(change.topic.admit(window, 1, change.now));
  };
  goal.is_reached = [&](const Topic& topic) { return topic.members().size() > before; };
  context.out.say("taut: waiting " + std::to_string(window.count()) + " s for somebody to join");
  return reach_goal(node, context, known, goal);
}

Outcome<Asking> load_asking(const OpenNode& node, Context& context, const KnownTopic& known,
                            const std::string& who) {
  TAUT_TRY(const auto keeper, load_topic(node, context, known));
  TAUT_CHECK(check_open(*keeper, *node.store));
  Names names(*node.store);
  return find_asking(*keeper->topic(), known.name, names, who);
}

}  // namespace

Done run(const TopicInviteRequest& request, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  TAUT_TRY(const KnownTopic known, find_topic(*node.store, request.name));
  TAUT_TRY(const auto keeper, load_topic(node, context, known));
  TAUT_TRY(const introduction::Locator link, make_link(request, *keeper, node));
  TAUT_CHECK(print_link(context, request.name, link));
  if (request.pair) return pair(node, context, known, *request.pair);
  if (request.open)
    context.out.say("taut: say yes to who comes: taut topic requests " + request.name);
  else
    context.out.say("taut: be online to let them in: taut up");
  return {};
}

Done run(const TopicRequestsRequest& request, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  TAUT_TRY(const KnownTopic known, find_topic(*node.store, request.name));
  TAUT_CHECK(reach_goal(node, context, known, {{}, [](const Topic&) { return true; }}));
  TAUT_TRY(const auto keeper, load_topic(node, context, known));
  Names names(*node.store);
  Json objects = Json::array();
  std::string lines;
  for (const Asking& one : asking(*keeper->topic())) {
    const Names::Name name = names.of(one.node_id);
    const bool is_verified = name.verification == node::Verification::verified;
    objects.push_back({{"v", kJsonVersion},
                       {"topic", request.name},
                       {"node", to_text(one.node_id)},
                       {"contact", name.petname ? Json(*name.petname) : Json(nullptr)},
                       {"verified", is_verified},
                       {"name", one.name}});
    lines += name.petname.value_or("(no contact)") + " " + to_text(one.node_id) + ", calls itself '" +
             shown_on_one_line(one.name) + "'" + (is_verified ? "" : " (not verified)") + "\n";
  }
  if (context.out.is_json()) return context.out.print(line_of(objects));
  if (lines.empty()) context.out.say("taut: nobody asks to be let into '" + request.name + "'");
  return context.out.print(lines);
}

Done run(const TopicAcceptRequest& request, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  TAUT_TRY(const KnownTopic known, find_topic(*node.store, request.name));
  TAUT_TRY(const Asking who, load_asking(node, context, known, request.who));
  TopicGoal goal;
  goal.change = [&](node::TopicChange& change) {
    return change.take(change.topic.welcome(who.ref, change.now));
  };
  goal.is_reached = [&](const Topic& topic) { return topic.is_member(who.node_id); };
  TAUT_CHECK(reach_goal(node, context, known, goal));
  if (!context.out.is_json()) return {};
  return context.out.print(line_of(
      {{"v", kJsonVersion}, {"topic", request.name}, {"done", "accepted"}, {"node", to_text(who.node_id)}}));
}

Done run(const TopicDeclineRequest& request, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  TAUT_TRY(const KnownTopic known, find_topic(*node.store, request.name));
  TAUT_TRY(const Asking who, load_asking(node, context, known, request.who));
  TAUT_TRY(const auto keeper, load_topic(node, context, known));
  const auto declined = keeper->change(
      moment(), [&](node::TopicChange& change) { return change.take(change.topic.decline(who.ref)); });
  if (!declined) return topic_failure(*node.store, declined.error(), request.name);
  return {};
}

}  // namespace taut::cli
