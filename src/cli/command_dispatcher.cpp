#include <algorithm>

#include "cli/commands.hpp"
#include "cli/describe.hpp"
#include "cli/link_words.hpp"
#include "cli/nearest.hpp"
#include "cli/own_dispatchers.hpp"
#include "cli/task_session.hpp"
#include "cli/token_words.hpp"
#include "node/publishing.hpp"
#include "node/reasons.hpp"

namespace taut::cli {
namespace {

Done print(const Context& context, const node::OwnDispatcher& dispatcher, const identity::SignedCard& own) {
  return context.out.print(context.out.is_json() ? line_of(json_of(dispatcher, own)) : line_for(dispatcher));
}

/// By node ID, or by a name that only one has.
Outcome<node::OwnDispatcher> find(std::span<const node::OwnDispatcher> dispatchers,
                                  const std::string& which) {
  std::vector<std::string> names;
  std::vector<node::OwnDispatcher> found;
  for (const auto& dispatcher : dispatchers) {
    names.push_back(dispatcher.card.card().name);
    if (to_text(dispatcher.card.node_id()) == which) return dispatcher;
    if (names.back() == which) found.push_back(dispatcher);
  }
  if (found.size() == 1) return found.front();
  if (found.empty())
    return failure(ExitCode::not_found, "no_dispatcher",
                   "No dispatcher '" + which + "' is in use" + did_you_mean(which, names),
                   "List them: taut dispatcher list");
  return failure(ExitCode::usage, "ambiguous", "Several dispatchers in use are called '" + which + "'",
                 "Give the node ID of one: taut dispatcher list");
}

std::unexpected<Failure> use_failure(const store::NodeStore& store, const identity::SignedCard& card,
                                     const TaskEnd& end) {
  const Error& error = end.status.error();
  if (error.reason == reasons::kNoDispatcher)
    return failure_of(error, "The link of " + title_of(card) + " is no dispatcher's",
                      "Take the link that `taut dispatcher run` prints");
  const auto dispatcher = node::as_dispatcher(card);
  if (!dispatcher) return state_failure(store, error);
  if (error.reason == reasons::kRefused)
    return failure_of(ExitCode::authentication, error,
                      "The dispatcher " + title_of(card) +
                          " lets nobody in "
                          "without a good token",
                      "Ask its operator for one: taut dispatcher enroll");
  if (end.link_failure)
    return link_failure(end.link_failure->error, "the dispatcher " + title_of(card), *dispatcher);
  if (exit_code_of(error) == ExitCode::storage && error.reason != reasons::kFull)
    return state_failure(store, error);
  return link_failure(error, "the dispatcher " + title_of(card), *dispatcher);
}

/// The new card reaches whom it can; the others get it with a later command.
Done tell_dispatchers(const OpenNode& node, Context& context) {
  const auto task = node::make_publishing(*node.store, node.self.identity);
  TAUT_TRY(const TaskEnd end, run_task(*task, node, context));
  if (end.status) return {};
  if (exit_code_of(end.status.error()) == ExitCode::storage)
    return state_failure(*node.store, end.status.error());
  context.out.say(
      "taut: no dispatcher could be told now; contacts find the new card after the next taut recv");
  return {};
}

}  // namespace

Done run(const DispatcherUseRequest& request, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  TAUT_TRY(const identity::SignedCard card, card_from_link(request.link));
  TAUT_TRY(const SecretBytes token, read_token(request.token));
  const auto task = node::make_using(*node.store, node.self.identity, card, token.expose());
  TAUT_TRY(const TaskEnd end, run_task(*task, node, context));
  if (!end.status) return use_failure(*node.store, card, end);
  TAUT_TRY(const OpenNode after, open_node(context));
  TAUT_TRY(const auto dispatchers, own_dispatchers(*after.store));
  for (const auto& dispatcher : dispatchers)
    if (dispatcher.card.node_id() == card.node_id()) return print(context, dispatcher, after.self.card);
  return {};
}

Done run(const DispatcherListRequest&, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  TAUT_TRY(const auto dispatchers, own_dispatchers(*node.store));
  Json all = Json::array();
  std::string lines;
  for (const auto& dispatcher : dispatchers) {
    all.push_back(json_of(dispatcher, node.self.card));
    lines += line_for(dispatcher);
  }
  if (context.out.is_json()) return context.out.print(line_of(all));
  if (dispatchers.empty())
    context.out.say("taut: no dispatcher is in use. Take one: taut dispatcher use LINK");
  return context.out.print(lines);
}

Done run(const DispatcherForgetRequest& request, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  TAUT_TRY(const auto dispatchers, own_dispatchers(*node.store));
  TAUT_TRY(const node::OwnDispatcher which, find(dispatchers, request.which));
  const NodeId& id = which.card.node_id();
  const bool is_again = which.standing == node::Standing::leaving;
  const auto forgotten = is_again ? node::forget_dispatcher(*node.store, id, moment())
                                  : node::leave_dispatcher(*node.store, id, moment());
  if (!forgotten) return state_failure(*node.store, forgotten.error());
  if (!is_again) TAUT_CHECK(tell_dispatchers(node, context));
  TAUT_TRY(const auto left, own_dispatchers(*node.store));
  const auto row = std::ranges::find(left, id, [](const auto& one) { return one.card.node_id(); });
  return print(context, row == left.end() ? which : *row, *forgotten);
}

}  // namespace taut::cli
