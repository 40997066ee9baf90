#include "cli/message_text.hpp"

#include "base/utf8.hpp"
#include "cli/text.hpp"
#include "crypto/encoding.hpp"

namespace taut::cli {
namespace {

bool is_text(const envelope::Content& content) {
  return content.type == envelope::ContentType::text && is_utf8(content.body);
}

Json nullable(const std::optional<std::string>& text) { return text ? Json(*text) : Json(nullptr); }

/// Senders without a clock say 0.

void add_content(Json& event, const envelope::Content& content) {
  if (is_text(content))
    event["text"] = as_text(content.body);
  else
    event["data"] = crypto::to_base64(content.body);
}

Json event_of(const node::Message& message, const std::optional<std::string>& petname) {
  Json event{{"v", kJsonVersion},
             {"event", "message"},
             {"from", to_text(message.sender)},
             {"contact", nullable(petname)},
             {"id", crypto::to_hex(message.id.view())},
             {"sent", time_or_null(message.sent)},
             {"received", time_or_null(message.received)}};
  add_content(event, message.content);
  if (message.order == node::Order::late) event["order"] = "late";
  if (message.order == node::Order::reused) event["order"] = "reused";
  return event;
}

Json event_of(const node::Gap& gap, const std::optional<std::string>& petname) {
  return {{"v", kJsonVersion},           {"event", "gap"},
          {"from", to_text(gap.sender)}, {"contact", nullable(petname)},
          {"first", gap.first},          {"last", gap.last}};
}

std::string line_for(const node::Message& message, const std::string& name) {
  std::string line = name + ": ";
  if (is_text(message.content))
    line += shown(as_text(message.content.body));
  else
    line += "(" + counted(message.content.body.size(), "byte") + " that are no text; --json shows them)";
  if (message.order == node::Order::late) line += " (late)";
  if (message.order == node::Order::reused)
    line += " (its number was used before: the sender's state has been copied)";
  return line;
}

std::string line_for(const node::Gap& gap, const std::string& name) {
  return name + ": (" + counted(gap.last - gap.first + 1, "message") + " missing)";
}

}  // namespace

const NodeId& sender_of(const node::Item& item) {
  return std::visit([](const auto& what) -> const NodeId& { return what.sender; }, item.what);
}

Json json_of(const node::Item& item, const std::optional<std::string>& petname) {
  Json event = std::visit([&](const auto& what) { return event_of(what, petname); }, item.what);
  if (item.delivery == node::Delivery::redelivered) event["redelivered"] = true;
  return event;
}

std::string text_of(const node::Item& item, const std::optional<std::string>& petname) {
  const std::string name = petname ? *petname : to_text(sender_of(item));
  std::string line = std::visit([&](const auto& what) { return line_for(what, name); }, item.what);
  if (item.delivery == node::Delivery::redelivered) line += " (again)";
  return line + "\n";
}

Json json_of(const node::Receipt& receipt, const std::string& petname) {
  Json at = Json::array();
  for (const NodeId& dispatcher : receipt.stored_at) at.push_back(to_text(dispatcher));
  Json event{{"v", kJsonVersion},
             {"event", "receipt"},
             {"id", crypto::to_hex(receipt.message_id.view())},
             {"to", to_text(receipt.recipient)},
             {"contact", petname},
             {"outcome", name_of(receipt.outcome)},
             {"at", std::move(at)},
             {"sent", time_or_null(receipt.created)}};
  if (receipt.outcome == node::Outcome::full) event["retry_after_s"] = receipt.retry_after.count();
  if (receipt.origin == node::Origin::earlier_task) event["earlier"] = true;
  return event;
}

std::string text_of(const node::Receipt& receipt) {
  const std::string earlier = receipt.origin == node::Origin::earlier_task ? " (sent earlier)" : "";
  return std::string(name_of(receipt.outcome)) + " " + crypto::to_hex(receipt.message_id.view()) + earlier +
         "\n";
}

}  // namespace taut::cli
