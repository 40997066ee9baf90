#pragma once
// Messages whose outcome is not known yet, or not the one that their sender waits for (docs/protocol/node.md,
// "Outbox").

#include "node/store.hpp"

namespace taut::node {

struct Waiting {
  RowNumber number = 0;
  MessageId message_id;
  NodeId recipient;
  WallTime created;
  std::size_t size_bytes = 0;  ///< of the envelope
  Stage stage = Stage::sealed;
  WallTime expires;  ///< 0: not known
  Until until = Until::stored;
};

/// Everything in the outbox, oldest first, but releases of ours.
Result<std::vector<Waiting>> outbox(Store& store);
/// Gives up on one: it may still arrive.
Status drop(Store& store, RowNumber number);

}  // namespace taut::node
