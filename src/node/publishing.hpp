#pragma once
// Brings the own card to dispatchers (docs/protocol/node.md, "Cards").

#include <memory>

#include "identity/identity.hpp"
#include "node/store.hpp"
#include "node/task.hpp"

namespace taut::node {

/// Takes a dispatcher into use: once its link is up, the own card lists it and is published there, and then
/// at the others. Unreachable: nothing has changed.
/// @param dispatcher  its card, which lists itself
/// @param token       for a dispatcher that registers nobody without one; else empty
/// Ends with misuse (no_dispatcher): the card is no dispatcher's; unavailable (unreachable, silent);
/// unauthentic; violation (refused), exhausted (full): it does not serve this node, nothing has changed
std::unique_ptr<Task> make_using(Store& store, const identity::Identity& identity,
                                 const identity::SignedCard& dispatcher, ByteView token = {});

/// Publishes the own card at every dispatcher in use that has an older one.
std::unique_ptr<Task> make_publishing(Store& store, const identity::Identity& identity);

}  // namespace taut::node
