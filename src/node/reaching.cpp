#include "node/reaching.hpp"

#include "node/contacts.hpp"
#include "node/own_dispatchers.hpp"

namespace taut::node {

Result<std::set<NodeId>> known_at(Transaction& transaction, const NodeId& self) {
  std::set<NodeId> nodes{self};
  TAUT_TRY(const std::vector<OwnDispatcher> dispatchers, own_dispatchers(transaction));
  for (const OwnDispatcher& one : dispatchers)
    if (one.published_sequence != 0) nodes.insert(one.card.node_id());
  return nodes;
}

Result<bool> adopt_card(Store& store, identity::SignedCard& held, const std::optional<Bytes>& handed_out) {
  if (!handed_out || equal(*handed_out, held.bytes())) return false;
  const auto card = identity::SignedCard::parse(*handed_out);
  if (!card || card->node_id() != held.node_id() || !card->check_replaces(held)) return false;
  held = *card;
  TAUT_CHECK(store.write([&](Transaction& transaction) -> Status {
    TAUT_CHECK(learn_card(transaction, held));
    return {};
  }));
  return true;
}

}  // namespace taut::node
