#pragma once
// The dispatchers that keep this node's inbox.

#include "identity/identity.hpp"
#include "node/store.hpp"
#include "node/task.hpp"

namespace taut::node {

struct OwnDispatcher {
  identity::SignedCard card;             ///< the dispatcher's own, which lists itself
  std::uint64_t published_sequence = 0;  ///< of our card there; 0: never
};

/// How a card's node is reached as a dispatcher.
/// @errors misuse (no_dispatcher): the card lists no address of its own
Result<identity::Dispatcher> as_dispatcher(const identity::SignedCard& card);

Result<std::vector<OwnDispatcher>> own_dispatchers(Transaction& transaction);
Status put_own_dispatcher(Transaction& transaction, const OwnDispatcher& dispatcher);

/// Takes a dispatcher off the own card. Messages that it still holds are not fetched any more.
/// @errors unavailable (no_dispatcher): it is not in use
Result<identity::SignedCard> forget_dispatcher(Store& store, const NodeId& node, const Moment& at);

}  // namespace taut::node
