#include "cli/topic_with.hpp"

#include "cli/contact_words.hpp"
#include "cli/link_words.hpp"
#include "cli/send_words.hpp"
#include "cli/task_session.hpp"
#include "cli/topic_goal.hpp"
#include "node/conversations.hpp"
#include "node/sending.hpp"

namespace taut::cli {
namespace {

std::unexpected<Failure> claim_failure(store::NodeStore& store, const std::string& who, const TaskEnd& end) {
  const Error& error = end.status.error();
  if (error.reason == reasons::kNoKeyPackage)
    return failure_of(
        ExitCode::not_found, error,
        "No dispatcher of " + who + " has a KeyPackage for us, so nothing can be begun without " + who,
        "Ask " + who + " to run taut recv; or invite: taut topic create NAME, taut topic invite NAME");
  if (error.reason == reasons::kSuiteRefused)
    return failure_of(error, who + " offers no cipher suite that we know",
                      "Look with taut contact show " + who);
  return send_failure(store, who, error, end.link_failure, {});
}

Outcome<node::RowNumber> begin(const TopicCreateRequest& request, const node::Contact& contact,
                               const topic::LogOrder& order, const OpenNode& node, Context& context,
                               identity::SignedCard& peer) {
  const auto claiming = node::make_claiming(*node.store, node.self.identity, peer);
  TAUT_TRY(const TaskEnd end, run_task(*claiming, node, context));
  if (!end.status) return claim_failure(*node.store, contact.petname, end);
  peer = claiming->peer();
  const node::TopicMaker maker{*node.store, node.self.identity, context.random};
  const auto begun =
      node::begin_conversation(maker, request.name, peer, *claiming->claimed(), order, moment());
  if (begun) return *begun;
  const Reason& reason = begun.error().reason;
  if (reason == reasons::kTopicExists || reason == reasons::kBadName)
    return topic_failure(*node.store, begun.error(), request.name);
  if (begun.error().code == Errc::unauthentic || begun.error().code == Errc::malformed)
    return failure_of(begun.error(),
                      "The dispatcher of " + contact.petname + " gave a KeyPackage that does not hold",
                      "Try again; if it stays so, ask " + contact.petname + " for another dispatcher");
  return send_failure(*node.store, contact.petname, begun.error(), std::nullopt, {});
}

/// The Welcome is in the outbox.
Done put_welcome(const node::Contact& contact, const identity::SignedCard& peer, const OpenNode& node,
                 Context& context) {
  const auto sending = node::make_sending(*node.store, node.self.identity, peer, context.random);
  sending->no_more();
  SendCounts counts;
  TAUT_TRY(const TaskEnd end,
           run_task(*sending, node, context, [&](const node::Receipt& receipt) { counts.count(receipt); }));
  if (!end.status)
    return send_failure(*node.store, contact.petname, end.status.error(), end.link_failure, counts);
  return {};
}

}  // namespace

Done create_with(const TopicCreateRequest& request, const topic::LogOrder& order, const OpenNode& node,
                 Context& context) {
  TAUT_TRY(const node::Contact contact, find_contact(*node.store, *request.with));
  if (contact.cards.size() != 1)
    return failure(ExitCode::usage, "several_nodes", contact.petname + " has several nodes",
                   "Begin a topic for all of them: taut topic create NAME, taut topic invite NAME --uses " +
                       std::to_string(contact.cards.size()));
  if (node::find_topic(*node.store, request.name))  // before a KeyPackage is used up for it
    return topic_failure(*node.store, {Errc::misuse, reasons::kTopicExists}, request.name);
  identity::SignedCard peer = contact.cards.front();
  TAUT_CHECK(begin(request, contact, order, node, context, peer));
  TAUT_CHECK(put_welcome(contact, peer, node, context));
  TAUT_TRY(const node::KnownTopic known, find_topic(*node.store, request.name));
  // Once online: its log is made.
  return reach_goal(node, context, known, {{}, [](const topic::Topic&) { return true; }});
}

}  // namespace taut::cli
