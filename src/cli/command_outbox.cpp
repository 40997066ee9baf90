#include "cli/commands.hpp"
#include "cli/contact_words.hpp"
#include "cli/fetching.hpp"
#include "cli/json.hpp"
#include "cli/send_words.hpp"
#include "cli/task_session.hpp"
#include "cli/text.hpp"
#include "crypto/encoding.hpp"
#include "node/outbox.hpp"
#include "node/sending.hpp"

#include <set>

namespace taut::cli {
namespace {

Outcome<std::vector<node::Waiting>> waiting(store::NodeStore& store) {
  auto rows = node::outbox(store);
  if (!rows) return state_failure(store, rows.error());
  return *std::move(rows);
}

std::string_view stage_name(const node::Waiting& row) {
  switch (row.stage) {
    case node::Stage::sealed:
      return "unknown";
    case node::Stage::stored:
      return "stored";
    case node::Stage::fetched:
      return "fetched";
    case node::Stage::released:
      return "released";
  }
  return "unknown";
}

std::string_view stage_words(node::Stage stage) {
  if (stage == node::Stage::stored) return " (stored, not fetched)";
  if (stage == node::Stage::fetched) return " (fetched, not signed for)";
  return stage == node::Stage::released ? " (released)" : "";
}

Json json_of_waiting(const node::Waiting& row) {
  return {{"v", kJsonVersion},
          {"id", crypto::to_hex(row.message_id.view())},
          {"to", to_text(row.recipient)},
          {"state", stage_name(row)},
          {"sent", iso_time(row.created)},
          {"expires", row.expires.unix_ms == 0 ? Json(nullptr) : Json(iso_time(row.expires))},
          {"size_bytes", row.size_bytes}};
}

std::string waiting_line(const node::Waiting& row) {
  return crypto::to_hex(row.message_id.view()) + " " + iso_time(row.created) + " to " +
         to_text(row.recipient) + std::string(stage_words(row.stage)) + "\n";
}

Done retry(const NodeId& recipient, const OpenNode& node, Context& context) {
  TAUT_TRY(const node::Contact contact, find_contact(*node.store, to_text(recipient)));
  const auto card = std::ranges::find(contact.cards, recipient, &identity::SignedCard::node_id);
  node::SendOptions options;
  options.pending = node::Pending::all;
  const auto sending = node::make_sending(*node.store, node.self.identity, *card, context.random, options);
  sending->no_more();
  SendCounts counts;
  Done printed;
  TAUT_TRY(const TaskEnd end, run_task(*sending, node, context, [&](const node::Receipt& receipt) {
             counts.count(receipt);
             const Done done = print_receipt(context, receipt, contact.petname);
             if (!done) printed = done;
           }));
  if (!end.status)
    return send_failure(*node.store, contact.petname, end.status.error(), end.link_failure, counts);
  return printed;
}

}  // namespace

Done run(const OutboxRequest&, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  TAUT_TRY(const auto rows, waiting(*node.store));
  Json all = Json::array();
  std::string lines;
  for (const node::Waiting& row : rows) {
    all.push_back(json_of_waiting(row));
    lines += waiting_line(row);
  }
  if (context.out.is_json()) return context.out.print(line_of(all));
  if (rows.empty()) context.out.say("taut: nothing waits in the outbox");
  return context.out.print(lines);
}

Done run(const OutboxRetryRequest&, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  TAUT_TRY(const auto rows, waiting(*node.store));
  const auto is_unsigned = [](const node::Waiting& row) { return row.until == node::Until::released; };
  if (std::ranges::any_of(rows, is_unsigned)) TAUT_CHECK(fetch_once(node, context));
  std::set<NodeId> recipients;
  for (const node::Waiting& row : rows) recipients.insert(row.recipient);
  Done all;
  for (const NodeId& recipient : recipients)
    if (const Done done = retry(recipient, node, context); !done) all = done;
  return all;
}

Done run(const OutboxDropRequest& request, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  TAUT_TRY(const auto rows, waiting(*node.store));
  for (const node::Waiting& row : rows) {
    if (crypto::to_hex(row.message_id.view()) != request.message) continue;
    if (const auto dropped = node::drop(*node.store, row.number); !dropped)
      return state_failure(*node.store, dropped.error());
    return context.out.print(context.out.is_json() ? line_of(json_of_waiting(row)) : waiting_line(row));
  }
  return failure(ExitCode::not_found, "no_message",
                 "No message '" + request.message + "' waits in the outbox", "List them: taut outbox");
}

}  // namespace taut::cli
