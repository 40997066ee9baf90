#include <algorithm>

#include "cli/commands.hpp"
#include "cli/describe.hpp"
#include "cli/link_words.hpp"
#include "cli/revocation_file.hpp"
#include "cli/task_session.hpp"
#include "node/own_dispatchers.hpp"
#include "node/reasons.hpp"
#include "node/revoking.hpp"

namespace taut::cli {
namespace {

std::string text_or_none(const std::optional<NodeId>& node) { return node ? to_text(*node) : "nobody"; }

Json json_of_revocation(const identity::SignedCard& revocation) {
  const std::optional<NodeId> successor = revocation.revocation()->successor;
  return {{"v", kJsonVersion},
          {"revoked", to_text(revocation.node_id())},
          {"successor", successor ? Json(to_text(*successor)) : Json(nullptr)}};
}

Outcome<std::vector<identity::Dispatcher>> dispatchers_for(const RevokeRequest& request, const OpenNode& node,
                                                           const identity::SignedCard& revocation) {
  auto found = node::dispatchers_for_revocation(*node.store, revocation);
  if (!found) return state_failure(*node.store, found.error());
  for (const std::string& link : request.at) {
    TAUT_TRY(const identity::SignedCard card, card_from_link(link));
    const auto dispatcher = node::as_dispatcher(card);
    if (!dispatcher)
      return failure_of(dispatcher.error(), "The link of " + title_of(card) + " is no dispatcher's",
                        "Take the link that `taut dispatcher run` prints");
    if (std::ranges::find(*found, card.node_id(), &identity::Dispatcher::node_id) == found->end())
      found->push_back(*dispatcher);
  }
  if (!found->empty()) return *std::move(found);
  return failure(ExitCode::usage, "no_dispatcher",
                 "Nothing here says which dispatchers " + to_text(revocation.node_id()) + " uses",
                 "Name one: taut revoke FILE --at LINK-OF-DISPATCHER");
}

std::unexpected<Failure> revoke_failure(const OpenNode& node, const TaskEnd& end) {
  const Error& error = end.status.error();
  if (end.link_failure)
    return link_failure(end.link_failure->error, title_of(end.link_failure->dispatcher),
                        end.link_failure->dispatcher);
  if (error.reason == reasons::kRefused)
    return failure_of(ExitCode::authentication, error, "No dispatcher that was asked knows this node",
                      "Name one that it uses: taut revoke FILE --at LINK-OF-DISPATCHER");
  if (error.code == Errc::unavailable)
    return failure_of(ExitCode::unreachable, error, "No dispatcher took the revocation", "Try again later");
  return state_failure(*node.store, error);
}

}  // namespace

Done run(const RevokeRequest& request, Context& context) {
  TAUT_TRY(const identity::SignedCard revocation, read_revocation(request.file));
  TAUT_TRY(const OpenNode node, open_node(context));
  TAUT_TRY(auto dispatchers, dispatchers_for(request, node, revocation));
  std::vector<NodeId> told;
  const auto task = node::make_revoking(*node.store, revocation, std::move(dispatchers));
  TAUT_TRY(const TaskEnd end,
           run_task(*task, node, context, {}, [&](const NodeId& at) { told.push_back(at); }));
  if (!end.status) return revoke_failure(node, end);
  Json object = json_of_revocation(revocation);
  object["at"] = Json::array();
  for (const NodeId& at : told) object["at"].push_back(to_text(at));
  if (context.out.is_json()) return context.out.print(line_of(object));
  context.out.say("taut: this is final. Whoever writes to it learns so; successor: " +
                  text_or_none(revocation.revocation()->successor));
  return context.out.print(to_text(revocation.node_id()) + " is revoked\n");
}

Done run(const RevokeMakeRequest& request, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  std::optional<NodeId> successor;
  if (request.successor) {
    TAUT_TRY(const identity::SignedCard card, card_from_link(*request.successor));
    successor = card.node_id();
  }
  const auto revocation = node::sign_revocation(*node.store, successor);
  if (!revocation && revocation.error().reason == reasons::kOwnCard)
    return failure_of(revocation.error(), "Nobody is his own successor", "Give the link of the new identity");
  if (!revocation) return state_failure(*node.store, revocation.error());
  TAUT_CHECK(write_revocation(request.file, *revocation, node.self.name));
  if (request.file == "-") return {};
  Json object = json_of_revocation(*revocation);
  object["file"] = request.file;
  return context.out.print(context.out.is_json() ? line_of(object) : request.file + "\n");
}

}  // namespace taut::cli
