#pragma once
// The dispatchers that keep this node's inbox.

#include "identity/identity.hpp"
#include "node/store.hpp"
#include "node/task.hpp"

namespace taut::node {

/// A dispatcher that was forgotten is told of the card without it, and emptied, before it is left.
enum class Standing : std::uint8_t { in_use = 0, leaving = 1 };

struct OwnDispatcher {
  identity::SignedCard card;             ///< the dispatcher's own, which lists itself
  std::uint64_t published_sequence = 0;  ///< of our card there; 0: never
  Standing standing = Standing::in_use;
  /// Leaving: once it was emptied after this time, nothing can come there any more.
  WallTime leaving_until{};
};

/// How a card's node is reached as a dispatcher.
/// @errors misuse (no_dispatcher): the card lists no address of its own
Result<identity::Dispatcher> as_dispatcher(const identity::SignedCard& card);

Result<std::vector<OwnDispatcher>> own_dispatchers(Transaction& transaction);
Status put_own_dispatcher(Transaction& transaction, const OwnDispatcher& dispatcher);

/// Takes a dispatcher off the own card. Until it was told and emptied, or its time is over, it is leaving.
/// @errors unavailable (no_dispatcher): it is not in use
Result<identity::SignedCard> leave_dispatcher(Store& store, const NodeId& node, const Moment& at);

/// Takes a dispatcher off the own card, and forgets it at once. Messages that it still holds are lost.
/// @errors unavailable (no_dispatcher): it is not in use
Result<identity::SignedCard> forget_dispatcher(Store& store, const NodeId& node, const Moment& at);

/// Forgets those whose leaving has taken too long: they cannot be reached.
Status forget_departed(Transaction& transaction, std::optional<WallTime> wall);

}  // namespace taut::node
