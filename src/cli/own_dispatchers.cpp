#include "cli/own_dispatchers.hpp"

namespace taut::cli {

Outcome<std::vector<node::OwnDispatcher>> own_dispatchers(store::NodeStore& store) {
  std::vector<node::OwnDispatcher> found;
  const auto read = store.read([&](node::Transaction& transaction) -> Status {
    TAUT_TRY(found, node::own_dispatchers(transaction));
    return {};
  });
  if (!read) return state_failure(store, read.error());
  return found;
}

Json json_of(const node::OwnDispatcher& dispatcher, const identity::SignedCard& own) {
  const identity::Card& card = dispatcher.card.card();
  Json addresses = Json::array();
  for (const auto& address : card.serves_at) addresses.push_back(to_text(address));
  Json object{{"v", kJsonVersion},
              {"node", to_text(dispatcher.card.node_id())},
              {"name", card.name},
              {"addresses", std::move(addresses)},
              {"registered", dispatcher.published_sequence != 0},
              {"published", dispatcher.published_sequence == own.card().sequence}};
  if (dispatcher.standing == node::Standing::leaving) object["leaving"] = true;
  return object;
}

std::string line_for(const node::OwnDispatcher& dispatcher) {
  std::string line = dispatcher.card.card().name + " " + to_text(dispatcher.card.node_id());
  for (const auto& address : dispatcher.card.card().serves_at) line += " " + to_text(address);
  return line + (dispatcher.standing == node::Standing::leaving ? " (leaving)" : "") + "\n";
}

}  // namespace taut::cli
