#include "cli/contact_words.hpp"

#include "cli/nearest.hpp"
#include "identity/reasons.hpp"
#include "node/reasons.hpp"

namespace taut::cli {
namespace {

std::vector<std::string> petnames(node::Store& store) {
  std::vector<std::string> names;
  if (const auto contacts = node::contacts(store))
    for (const node::Contact& contact : *contacts) names.push_back(contact.petname);
  return names;
}

}  // namespace

std::unexpected<Failure> contact_failure(const store::NodeStore& store, const Error& error,
                                         const std::string& petname) {
  if (error.reason == reasons::kNoSuchContact)
    return failure_of(error, "There is no contact '" + petname + "'", "Add one: taut contact add NAME LINK");
  if (error.reason == reasons::kContactExists)
    return failure_of(error,
                      "The petname '" + petname + "' is taken, or this node is a contact under another one",
                      "List them: taut contact list");
  if (error.reason == reasons::kOwnCard)
    return failure_of(error, "This link is your own", "Ask the contact for what `taut id` prints there");
  if (error.reason == reasons::kOldCard)
    return failure_of(error, "A newer link of '" + petname + "' is here already", "There is nothing to do");
  if (error.reason == reasons::kRevoked)
    return failure_of(error, "This identity has been revoked by its owner",
                      "Ask for the link of its successor");
  if (error.reason == reasons::kNotRevoked)
    return failure_of(ExitCode::usage, error, "'" + petname + "' is not revoked, as far as is known here",
                      "There is nobody to succeed");
  if (error.reason == reasons::kNoSuccessor)
    return failure_of(ExitCode::not_found, error,
                      "'" + petname + "' is revoked, and no successor is named or found",
                      "Ask for the new link, and take it: taut contact add NAME LINK");
  if (error.reason == reasons::kExpired)
    return failure_of(error, "This link has expired, or the clock is wrong", "Ask for a new one: taut id");
  if (error.reason == reasons::kBadName)
    return failure_of(error, "'" + petname + "' cannot be a petname",
                      "Give at most " + std::to_string(node::kPetnameBytesMax) +
                          " bytes of UTF-8 without control characters");
  return state_failure(store, error);
}

Outcome<node::Contact> find_contact(store::NodeStore& store, const std::string& who) {
  auto contact = node::find_contact(store, who);
  if (contact) return *std::move(contact);
  if (contact.error().reason != reasons::kNoSuchContact) return contact_failure(store, contact.error(), who);
  return failure_of(contact.error(), "There is no contact '" + who + "'" + did_you_mean(who, petnames(store)),
                    "Add one: taut contact add NAME LINK");
}

}  // namespace taut::cli
