#pragma once
// The end of an identity: a card signed in advance and kept offline, handed to dispatchers when the time has
// come (docs/protocol/identity.md, "Revocation").

#include <memory>

#include "identity/card.hpp"
#include "node/store.hpp"
#include "node/task.hpp"

namespace taut::node {

/// Signs a revocation of this node. Nothing changes: whoever has the card decides when it is used.
/// @errors misuse: the successor is the node itself
Result<identity::SignedCard> sign_revocation(Store& store, const std::optional<NodeId>& successor);

/// Takes a revocation to heart: the own card, or a contact's, is final from now on.
/// @errors misuse: it is no revocation
Status keep_revocation(Transaction& transaction, const identity::SignedCard& revocation);

/// Where a revocation is to be known: the dispatchers that the node's last card lists, as far as this state
/// has one, and the own ones.
Result<std::vector<identity::Dispatcher>> dispatchers_for_revocation(Store& store,
                                                                     const identity::SignedCard& revocation);

/// Hands a revocation to dispatchers. Published says which have it; it is kept here as soon as one has.
/// Ends with why none took it: unavailable (unreachable), violation (refused), …; misuse: no revocation.
/// The links may be the revoked node's own, or any other's.
std::unique_ptr<Task> make_revoking(Store& store, const identity::SignedCard& revocation,
                                    std::vector<identity::Dispatcher> dispatchers);

}  // namespace taut::node
