#include "node/own_dispatchers.hpp"

#include "node/records.hpp"
#include "node/self.hpp"

namespace taut::node {

Result<identity::Dispatcher> as_dispatcher(const identity::SignedCard& card) {
  if (card.card().serves_at.empty()) return fail(Errc::misuse, reasons::kNoDispatcher);
  return card.card().inboxes().front();
}

Result<std::vector<OwnDispatcher>> own_dispatchers(Transaction& transaction) {
  TAUT_TRY(const std::vector<DispatcherRow> rows, transaction.dispatchers());
  std::vector<OwnDispatcher> dispatchers;
  for (const DispatcherRow& row : rows) {
    TAUT_TRY(OwnDispatcher one, parse_own_dispatcher(row.record));
    dispatchers.push_back(std::move(one));
  }
  return dispatchers;
}

Status put_own_dispatcher(Transaction& transaction, const OwnDispatcher& dispatcher) {
  return transaction.put_dispatcher({dispatcher.card.node_id(), encode(dispatcher)});
}

Result<identity::SignedCard> forget_dispatcher(Store& store, const NodeId& node, const Moment& at) {
  std::optional<identity::SignedCard> card;
  TAUT_CHECK(store.write([&](Transaction& transaction) -> Status {
    TAUT_TRY(const std::vector<DispatcherRow> rows, transaction.dispatchers());
    if (std::ranges::find(rows, node, &DispatcherRow::node_id) == rows.end())
      return fail(Errc::unavailable, reasons::kNoDispatcher);
    TAUT_CHECK(transaction.erase_dispatcher(node));
    TAUT_TRY(const identity::Identity identity, load_identity(transaction));
    TAUT_TRY(card, sign_card(transaction, identity, at.wall));
    return {};
  }));
  return *std::move(card);
}

}  // namespace taut::node
