#include "cli/commands.hpp"
#include "cli/contact_words.hpp"
#include "cli/describe.hpp"
#include "identity/card_text.hpp"
#include "identity/safety_number.hpp"
#include "node/reasons.hpp"

namespace taut::cli {
namespace {

std::string digits_of(const std::string& text) {
  std::string digits;
  std::ranges::copy_if(text, std::back_inserter(digits), [](char c) { return c >= '0' && c <= '9'; });
  return digits;
}

std::string safety_numbers(const node::Self& self, const node::Contact& contact) {
  std::string numbers;
  for (const auto& card : contact.cards)
    numbers +=
        (numbers.empty() ? "" : "\n") + identity::safety_number(self.identity.node_id(), card.node_id());
  return numbers;
}

std::string contact_line(const node::Contact& contact) {
  std::string line = contact.petname;
  for (const auto& card : contact.cards)
    line += " " + to_text(card.node_id()) + (card.revocation() ? " (revoked)" : "");
  return line + (contact.verification == node::Verification::verified ? "" : " (not verified)") + "\n";
}

/// Whether it is what the contact's side shows; a number of another length was mistyped.
Done compare(const std::string& read_out, const std::string& numbers, const std::string& petname) {
  const std::string said = digits_of(read_out), expected = digits_of(numbers);
  if (said == expected) return {};
  if (said.size() != expected.size())
    return failure(ExitCode::usage, "bad_number",
                   "A safety number of " + petname + " has " + std::to_string(expected.size()) +
                       " digits, and here are " + std::to_string(said.size()),
                   "Give all of them, in quotes where there are spaces");
  return failure(
      ExitCode::identity, "identity_mismatch", "This is not the safety number of " + petname,
      "Read it out again; if it stays wrong, somebody may be between you: ask for a new link face to face");
}

}  // namespace

Done run(const ContactAddRequest& request, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  TAUT_TRY(const identity::SignedCard card, card_from_link(request.link));
  const auto added =
      node::add_contact(*node.store, request.petname, card, node::Verification::verified, moment().wall);
  if (!added) return contact_failure(*node.store, added.error(), request.petname);
  TAUT_TRY(const node::Contact contact, find_contact(*node.store, request.petname));
  if (card.card().inboxes().empty())
    context.out.say("taut: " + request.petname + " uses no dispatcher yet, so nothing can be sent there");
  if (context.out.is_json()) return context.out.print(line_of(json_of(contact)));
  return context.out.print(contact_line(contact));
}

Done run(const ContactListRequest&, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  const auto contacts = node::contacts(*node.store);
  if (!contacts) return state_failure(*node.store, contacts.error());
  Json all = Json::array();
  std::string lines;
  for (const node::Contact& contact : *contacts) {
    all.push_back(json_of(contact));
    lines += contact_line(contact);
  }
  if (context.out.is_json()) return context.out.print(line_of(all));
  if (contacts->empty()) context.out.say("taut: no contacts yet. Add one: taut contact add NAME LINK");
  return context.out.print(lines);
}

Done run(const ContactShowRequest& request, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  TAUT_TRY(const node::Contact contact, find_contact(*node.store, request.petname));
  Json object = json_of(contact);
  object["links"] = Json::array();
  object["safety_number"] = safety_numbers(node.self, contact);
  std::string lines = contact_line(contact);
  for (const auto& card : contact.cards) {
    object["links"].push_back(to_text(card));
    lines += to_text(card) + "\n";
  }
  return context.out.print(context.out.is_json() ? line_of(object) : lines);
}

Done run(const ContactRenameRequest& request, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  const auto renamed = node::rename_contact(*node.store, request.petname, request.new_petname);
  if (!renamed) {
    const bool is_missing = renamed.error().reason == reasons::kNoSuchContact;
    return contact_failure(*node.store, renamed.error(), is_missing ? request.petname : request.new_petname);
  }
  TAUT_TRY(const node::Contact contact, find_contact(*node.store, request.new_petname));
  return context.out.print(context.out.is_json() ? line_of(json_of(contact)) : contact_line(contact));
}

Done run(const ContactRemoveRequest& request, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  if (const auto removed = node::remove_contact(*node.store, request.petname); !removed)
    return contact_failure(*node.store, removed.error(), request.petname);
  if (!context.out.is_json()) return {};
  return context.out.print(line_of({{"v", kJsonVersion}, {"removed", request.petname}}));
}

Done run(const ContactSucceedRequest& request, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  if (const auto done = node::succeed_contact(*node.store, request.petname); !done)
    return contact_failure(*node.store, done.error(), request.petname);
  TAUT_TRY(const node::Contact contact, find_contact(*node.store, request.petname));
  context.out.say(
      "taut: whoever had the old key may have named the successor: compare numbers, "
      "taut contact verify " +
      request.petname);
  return context.out.print(context.out.is_json() ? line_of(json_of(contact)) : contact_line(contact));
}

Done run(const ContactVerifyRequest& request, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  TAUT_TRY(node::Contact contact, find_contact(*node.store, request.petname));
  const std::string numbers = safety_numbers(node.self, contact);
  if (!request.number) {
    context.out.say(
        "taut: have " + request.petname +
        " read out what taut contact verify prints there. When it is the same: taut contact verify " +
        request.petname + " --number '…'");
  } else {
    TAUT_CHECK(compare(*request.number, numbers, request.petname));
    const auto set = node::set_verification(*node.store, request.petname, node::Verification::verified);
    if (!set) return contact_failure(*node.store, set.error(), request.petname);
    contact.verification = node::Verification::verified;
  }
  Json object = json_of(contact);
  object["safety_number"] = numbers;
  return context.out.print(context.out.is_json() ? line_of(object) : numbers + "\n");
}

}  // namespace taut::cli
