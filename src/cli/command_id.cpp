#include "cli/commands.hpp"
#include "cli/describe.hpp"
#include "cli/qr.hpp"
#include "identity/card_text.hpp"

namespace taut::cli {
namespace {

Json json_of_self(const identity::SignedCard& signed_card) {
  const identity::Card& card = signed_card.card();
  Json suites = Json::array();
  for (const identity::LinkKey& key : card.link_keys) suites.push_back(suite_text(key.suite));
  return {{"v", kJsonVersion},
          {"node", to_text(signed_card.node_id())},
          {"link", to_text(signed_card)},
          {"name", card.name},
          {"suites", std::move(suites)},
          {"dispatchers", json_of(card.dispatchers)}};
}

}  // namespace

Done run(const IdRequest&, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  const identity::SignedCard& card = node.self.card;
  if (context.out.is_json()) return context.out.print(line_of(json_of_self(card)));
  const std::string link = to_text(card);
  TAUT_CHECK(context.out.print(to_text(card.node_id()) + "\n" + link + "\n"));
  if (card.card().inboxes().empty())
    context.out.say("taut: nobody can write to you yet: first use a dispatcher (taut dispatcher use LINK)");
  const std::size_t columns = context.out.terminal_columns();
  if (columns == 0) return {};
  if (const auto code = qr_code(link, columns)) return context.out.print(*code);
  context.out.say("taut: the terminal is too narrow for the link's QR code");
  return {};
}

}  // namespace taut::cli
