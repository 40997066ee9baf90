#include "carrier/local.hpp"
#include "cli/commands.hpp"
#include "cli/copy_words.hpp"
#include "cli/own_dispatchers.hpp"
#include "cli/text.hpp"
#include "cli/version.hpp"

namespace taut::cli {
namespace {

struct Counts {
  std::size_t contacts = 0;
  std::size_t unread = 0;
  std::size_t outbox = 0;
};

Outcome<Counts> count(store::NodeStore& store) {
  Counts counts;
  const auto read = store.read([&](node::Transaction& transaction) -> Status {
    TAUT_TRY(const auto contacts, transaction.contacts());
    counts.contacts = contacts.size();
    TAUT_TRY(counts.unread, transaction.item_count());
    TAUT_TRY(counts.outbox, transaction.outgoing_count());
    return {};
  });
  if (!read) return state_failure(store, read.error());
  return counts;
}

Done print_nothing_set_up(const Context& context) {
  const std::string home = context.home.folder.string();
  if (context.out.is_json())
    return context.out.print(
        line_of({{"v", kJsonVersion}, {"version", kVersion}, {"home", home}, {"node", nullptr}}));
  return context.out.print("nothing is set up in " + home + "; make an identity: taut init --name NAME\n");
}

}  // namespace

Done run(const StatusRequest&, Context& context) {
  TAUT_TRY(const bool has_identity, has_node(context));
  if (!has_identity) return print_nothing_set_up(context);
  TAUT_TRY(const OpenNode node, open_node(context));
  TAUT_TRY(const Counts counts, count(*node.store));
  TAUT_TRY(const auto dispatchers, own_dispatchers(*node.store));
  const std::string id = to_text(node.self.card.node_id());
  const std::string home = context.home.folder.string();
  Json in_use = Json::array();
  std::string lines = "node       " + node.self.name + " " + id + "\n" + "home       " + home + "\n";
  for (const auto& dispatcher : dispatchers) {
    in_use.push_back(json_of(dispatcher, node.self.card));
    lines += "dispatcher " + line_for(dispatcher);
    if (dispatcher.published_sequence == 0)
      lines += "           not registered there: it has no inbox for you\n";
  }
  const bool is_up = carrier::is_listened_at(context.home.up_socket());
  if (is_up) lines += "up         taut up runs here\n";
  TAUT_TRY(const auto notice, fresh_notice(*node.store));
  if (notice) lines += "copy       " + words_for(notice->copy).what + "\n";
  const bool is_revoked = node.self.card.revocation().has_value();
  if (is_revoked) lines += "revoked    this identity has ended\n";
  if (dispatchers.empty()) lines += "dispatcher none; take one: taut dispatcher use LINK\n";
  lines += "contacts   " + std::to_string(counts.contacts) + "\n" + "unread     " +
           counted(counts.unread, "message") + " fetched and not shown\n" + "outbox     " +
           counted(counts.outbox, "message") + "\n";
  if (!context.out.is_json()) return context.out.print(lines);
  Json object{{"v", kJsonVersion},
              {"version", kVersion},
              {"home", home},
              {"node", id},
              {"name", node.self.name},
              {"dispatchers", std::move(in_use)},
              {"contacts", counts.contacts},
              {"unread", counts.unread},
              {"outbox", counts.outbox}};
  if (is_revoked) object["revoked"] = true;
  object["up"] = is_up;
  if (notice) object["notice"] = json_of(*notice);
  return context.out.print(line_of(object));
}

}  // namespace taut::cli
