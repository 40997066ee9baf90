#pragma once
// How a node reaches the dispatchers of others: whether it says who it is, and whose word on a card counts.

#include <set>

#include "identity/card.hpp"
#include "node/store.hpp"
#include "node/task.hpp"

namespace taut::node {

/// Where a node has an inbox, at itself too: there it is known, and says who it is. Nobody else needs to hear
/// who calls; nor does who does not register the node, or not any more.
Result<std::set<NodeId>> known_at(Transaction& transaction, const NodeId& self);

/// A dispatcher's word is no proof: what it hands out as the card of `held`'s node takes its place when it is
/// that node's, signed, and newer. It is kept where the node is a contact's.
/// @return  whether it did
Result<bool> adopt_card(Store& store, identity::SignedCard& held, const std::optional<Bytes>& handed_out);

}  // namespace taut::node
