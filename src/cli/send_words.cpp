#include "cli/send_words.hpp"

#include "cli/link_words.hpp"
#include "cli/message_text.hpp"
#include "cli/text.hpp"
#include "envelope/content.hpp"
#include "identity/reasons.hpp"
#include "node/contacts.hpp"
#include "node/reasons.hpp"

namespace taut::cli {
namespace {

/// No link could be made, so nothing was sealed.
std::unexpected<Failure> unreachable(const std::string& name, const run::TaskRunner::LinkFailure& link) {
  const ExitCode exit = exit_code_of_link(link.error);
  return failure_of(exit, link.error,
                    "Cannot reach " + title_of(link.dispatcher) + ", which keeps the inbox of " + name +
                        ": " + link_words(link.error) + "; nothing was sent or kept",
                    exit == ExitCode::identity ? "Ask " + name + " for a new link"
                                               : "Try again later, or ask " + name + " for a new link");
}

/// The successor that it names is a hint only: whoever stole the key can name one too.
std::string after_revocation(store::NodeStore& store, const std::string& name) {
  const auto contact = node::find_contact(store, name);
  if (!contact) return "Ask for the link of its successor";
  for (const identity::SignedCard& card : contact->cards)
    if (const auto revocation = card.revocation(); revocation && revocation->successor)
      return "It names " + to_text(*revocation->successor) +
             " in its place. To take that one, and then to compare numbers: taut contact succeed " + name;
  return "Ask for the link of its successor";
}

}  // namespace

void SendCounts::count(const node::Receipt& receipt) {
  switch (receipt.outcome) {
    case node::Outcome::stored:
    case node::Outcome::taken:
      ++stored;
      return;
    case node::Outcome::fetched:
      ++fetched;
      return;
    case node::Outcome::released:
      ++released;
      return;
    case node::Outcome::expired:
      ++expired;
      return;
    case node::Outcome::unknown:
      ++unknown;
      return;
    case node::Outcome::full:
    case node::Outcome::declined:
      ++refused;
      return;
  }
}

Done print_receipt(const Context& context, const node::Receipt& receipt, const std::string& name,
                   std::optional<std::uint64_t> line) {
  if (!context.out.is_json()) return context.out.print(text_of(receipt));
  Json event = json_of(receipt, name);
  if (line) event["line"] = *line;
  return context.out.print(line_of(event));
}

std::unexpected<Failure> send_failure(store::NodeStore& store, const std::string& name, const Error& error,
                                      const std::optional<run::TaskRunner::LinkFailure>& link_failure,
                                      const SendCounts& counts) {
  const Reason& reason = error.reason;
  if (link_failure && (link_failure->error == error || reason == reasons::kUnreachable))
    return unreachable(name, *link_failure);
  if (reason == reasons::kUnreachable)
    return failure_of(error, "Cannot reach a dispatcher of " + name + "; nothing was sent or kept",
                      "Try again later");
  if (reason == reasons::kOutcomeUnknown)
    return failure_of(error,
                      "The dispatcher of " + name + " did not say what became of " +
                          counted(counts.unknown, "message") + ", kept in the outbox",
                      "Ask again: taut outbox retry");
  if (reason == reasons::kNoDispatcher)
    return failure_of(error, name + " uses no dispatcher, so there is nowhere to send to",
                      "Ask " + name + " to use one (taut dispatcher use LINK) and for the new link");
  if (reason == reasons::kSealingKeyExpired)
    return failure_of(
        error, name + " has not been online for too long: the sealing key has expired; nothing was sent",
        "Ask " + name + " to run taut recv, or for a new link");
  if (reason == reasons::kRevoked)
    return failure_of(error, "The identity of " + name + " has been revoked; nothing was sent",
                      after_revocation(store, name));
  if (reason == reasons::kOwnRevoked) return own_revoked();
  if (reason == reasons::kFull)
    return failure_of(
        error, "The inbox of " + name + " is full: " + counted(counts.refused, "message") + " not stored",
        "Try again when " + name + " has fetched some");
  if (reason == reasons::kNotReleased && counts.fetched >= counts.stored)
    return failure_of(
        ExitCode::timeout, error,
        "The dispatcher says that " + name + " has fetched " +
            counted(counts.fetched - std::min(counts.fetched, counts.released), "message") +
            ", but no signature of " + name + " has come for it",
        "Only for contacts is signed: ask " + name + " to add you; and ask again: taut outbox retry");
  if (reason == reasons::kNotReleased)
    return failure_of(
        ExitCode::timeout, error,
        name + " has not fetched " +
            counted(counts.stored - std::min(counts.stored, std::max(counts.fetched, counts.released)),
                    "message") +
            " in time; the dispatcher keeps what is stored",
        "Ask again: taut outbox retry");
  if (reason == reasons::kExpired && counts.expired > 0)
    return failure_of(ExitCode::timeout, error,
                      counted(counts.expired, "message") + " to " + name + " expired before it was fetched",
                      "Send again, with a later --expires");
  if (reason == reasons::kDeclined)
    return failure_of(error, "The dispatcher of " + name + " declined " + counted(counts.refused, "message"),
                      "Ask " + name + " for a new link");
  if (reason == reasons::kTooLarge)
    return failure_of(error,
                      "The message is longer than a dispatcher takes (" +
                          std::to_string(envelope::kContentBytesMax) + " bytes)",
                      "Send it in parts");
  if (exit_code_of(error) == ExitCode::storage) return state_failure(store, error);
  return failure_of(error, "Cannot send to " + name + ": " + link_words(error), "Run taut doctor");
}

}  // namespace taut::cli
