#include "node/own_dispatchers.hpp"

#include "node/records.hpp"
#include "node/self.hpp"

namespace taut::node {

namespace {

/// Changes the row of a dispatcher in use, and signs a card without it.
template <class Change>
Result<identity::SignedCard> without(Store& store, const NodeId& node, const Moment& at, Change change) {
  std::optional<identity::SignedCard> card;
  TAUT_CHECK(store.write([&](Transaction& transaction) -> Status {
    TAUT_TRY(std::vector<OwnDispatcher> dispatchers, own_dispatchers(transaction));
    const auto is_it = [&](const OwnDispatcher& one) { return one.card.node_id() == node; };
    const auto found = std::ranges::find_if(dispatchers, is_it);
    if (found == dispatchers.end()) return fail(Errc::unavailable, reasons::kNoDispatcher);
    TAUT_CHECK(change(transaction, *found));
    TAUT_TRY(const identity::Identity identity, load_identity(transaction));
    TAUT_TRY(card, sign_card(transaction, identity, at.wall));
    return {};
  }));
  return *std::move(card);
}

}  // namespace

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

Result<identity::SignedCard> leave_dispatcher(Store& store, const NodeId& node, const Moment& at) {
  return without(store, node, at, [&](Transaction& transaction, OwnDispatcher& one) {
    one.standing = Standing::leaving;
    one.leaving_until = at.wall ? *at.wall + kEnvelopeLife : identity::kEndOfTime;
    return put_own_dispatcher(transaction, one);
  });
}

Result<identity::SignedCard> forget_dispatcher(Store& store, const NodeId& node, const Moment& at) {
  return without(store, node, at, [&](Transaction& transaction, OwnDispatcher&) {
    return transaction.erase_dispatcher(node);
  });
}

Status forget_departed(Transaction& transaction, std::optional<WallTime> wall) {
  if (!wall) return {};
  TAUT_TRY(const std::vector<OwnDispatcher> dispatchers, own_dispatchers(transaction));
  for (const OwnDispatcher& one : dispatchers) {
    const bool is_late = one.standing == Standing::leaving && one.leaving_until != identity::kEndOfTime &&
                         *wall > one.leaving_until + kSealingGrace;
    if (is_late) TAUT_CHECK(transaction.erase_dispatcher(one.card.node_id()));
  }
  return {};
}

}  // namespace taut::node
