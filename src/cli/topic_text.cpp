#include "cli/topic_text.hpp"

#include "base/utf8.hpp"
#include "crypto/encoding.hpp"
#include "node/contacts.hpp"
#include "run/log.hpp"

namespace taut::cli {
namespace {

bool is_text(const topic::ContentType type, ByteView body) {
  return type == topic::ContentType::text && is_utf8(body);
}

Json petname_or_null(const Names::Name& name) { return name.petname ? Json(*name.petname) : Json(nullptr); }

void add_body(Json& event, topic::ContentType type, ByteView body) {
  if (is_text(type, body))
    event["text"] = as_text(body);
  else
    event["data"] = crypto::to_base64(body);
}

void add_event(Json& event, const node::TopicMessage& message, Names& names) {
  const Names::Name from = names.of(message.from);
  event["event"] = "message";
  event["from"] = to_text(message.from);
  event["contact"] = petname_or_null(from);
  event["verified"] = from.verification == node::Verification::verified;
  event["id"] = crypto::to_hex(message.message_id.view());
  event["sent"] = time_or_null(message.said_at.value_or(WallTime{}));
  event["epoch"] = message.epoch;
  add_body(event, message.type, message.body);
  if (message.expires.count() != 0) event["expires_s"] = message.expires.count();
  if (message.delivery == topic::Delivery::late) event["order"] = "late";
}

void add_event(Json& event, const node::TopicGap& gap, Names& names) {
  event["event"] = "gap";
  event["from"] = to_text(gap.from);
  event["contact"] = petname_or_null(names.of(gap.from));
  event["first"] = gap.first;
  event["last"] = gap.first + gap.count - 1;
}

void add_event(Json& event, const node::TopicUnsent& unsent, Names&) {
  event["event"] = "unsent";
  event["id"] = crypto::to_hex(unsent.message_id.view());
  event["reason"] = unsent.reason;
  add_body(event, unsent.type, unsent.body);
}

void add_event(Json& event, const node::TopicHappening& happening, Names& names) {
  event["event"] = name_of(happening.what);
  if (happening.who) {
    event["node"] = to_text(*happening.who);
    event["contact"] = petname_or_null(names.of(*happening.who));
  }
  if (happening.by) event["by"] = to_text(*happening.by);
  if (happening.epoch != 0) event["epoch"] = happening.epoch;
  if (!happening.detail.empty()) event["detail"] = happening.detail;
}

std::string said(topic::ContentType type, ByteView body) {
  if (is_text(type, body)) return shown(as_text(body));
  return "(" + counted(body.size(), "byte") + " that are no text; --json shows them)";
}

/// Lines for people.
class Teller {
 public:
  Teller(Names& names, const NodeId& own) : names_(names), own_(own) {}

  std::string operator()(const node::TopicMessage& message) {
    const bool is_late = message.delivery == topic::Delivery::late;
    return who(message.from) + ": " + said(message.type, message.body) + (is_late ? " (late)" : "");
  }
  std::string operator()(const node::TopicGap& gap) {
    return who(gap.from) + ": (" + counted(gap.count, "message") + " missing)";
  }
  std::string operator()(const node::TopicUnsent& unsent) {
    return "-- not sent (" + unsent.reason + "): " + said(unsent.type, unsent.body);
  }
  std::string operator()(const node::TopicHappening& happening) { return "-- " + words(happening); }

 private:
  std::string who(const NodeId& node) { return node == own_ ? "you" : names_.text_of(node); }
  std::string who(const std::optional<NodeId>& node) { return node ? who(*node) : "somebody"; }

  std::string words(const node::TopicHappening& happening) {
    using enum node::TopicNotice;
    switch (happening.what) {
      case joined:
        return who(happening.who) + " joined, let in by " + who(happening.by);
      case removed:
        return who(happening.who) + " is out, removed by " + who(happening.by);
      case settings:
        return who(happening.by) + " changed the topic's settings";
      case undone:
        return "will not happen: " + happening.detail;
      case left:
        return "you left";
      case removed_us:
        return "you are out, removed by " + who(happening.by);
      case diverged:
        return "stopped: others have another history (" + happening.detail + "); asking to be let in again";
      case disagreement:
        return who(happening.who) + " has another history than we have";
      case returned:
        return "in again";
      case introduced:
        return who(happening.who) + " asks to be let in, and calls itself '" +
               shown_on_one_line(happening.detail) + "'";
      case let_in:
        return "you are in, let in by " + who(happening.by);
      case replaced:
        return "another conversation took this one's place";
      case by_envelope:
        return "this conversation goes by envelopes again";
    }
    return "";
  }

  Names& names_;
  const NodeId& own_;
};

}  // namespace

Names::Name Names::of(const NodeId& node) {
  Name name;
  // A name is worth no failure: the node ID says who it is.
  (void)store_.read([&](node::Transaction& transaction) -> Status {
    TAUT_TRY(const auto contact, transaction.contact_of(node));
    if (contact) name = {contact->petname, contact->verification};
    return {};
  });
  return name;
}

std::string Names::text_of(const NodeId& node) {
  const std::string other = node_ids_ == NodeIds::whole ? to_text(node) : run::short_id(node);
  return of(node).petname.value_or(other);
}

bool Names::is_petname(const std::string& name) {
  const auto contact = node::find_contact(store_, name);
  return contact && contact->petname == name;
}

std::optional<NodeId> Names::find(const std::string& who, std::span<const NodeId> among) {
  for (const NodeId& node : among)
    if (to_text(node) == who || of(node).petname == who) return node;
  return std::nullopt;
}

bool is_message(const node::TopicItem& item) { return std::holds_alternative<node::TopicMessage>(item.what); }

Json json_of(const node::TopicItem& item, const std::string& topic, Names& names) {
  Json event{{"v", kJsonVersion}, {"event", ""}, {"topic", topic}};
  std::visit([&](const auto& what) { add_event(event, what, names); }, item.what);
  if (item.delivery == node::Delivery::redelivered) event["redelivered"] = true;
  return event;
}

std::string text_of(const node::TopicItem& item, Names& names, const NodeId& own) {
  std::string line = std::visit(Teller(names, own), item.what);
  if (item.delivery == node::Delivery::redelivered) line += " (again)";
  return line + "\n";
}

}  // namespace taut::cli
