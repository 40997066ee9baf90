#pragma once
// From content to outbox rows.

#include "base/random.hpp"
#include "envelope/envelope.hpp"
#include "identity/identity.hpp"
#include "node/lifetimes.hpp"
#include "node/store.hpp"
#include "node/task.hpp"

namespace taut::node {

/// The sealing key that an envelope to this node may use now.
/// @errors unauthentic (revoked); unavailable (sealing_key_expired): none that holds;
///         incompatible (suite_refused): none that we can use
Result<identity::SealingKey> sealing_key_of(const identity::SignedCard& recipient,
                                            std::optional<WallTime> wall);

/// How a message is to travel.
struct Handling {
  Keep keep = Keep::stored;
  Until until = Until::stored;
  std::chrono::seconds ttl = kEnvelopeLife;
};

struct Sealing {
  const identity::Identity& identity;
  const identity::SignedCard& recipient;
  std::span<const NodeId> dispatchers;             ///< where a copy is to be put
  const identity::SignedCard* own_card = nullptr;  ///< goes inside: the recipient may not have it
  Handling handling = {};
};

/// Takes the next counter, seals, and adds the row: all of it in the caller's transaction, so that a counter
/// and its message exist together or not at all. A release has none.
Result<OutgoingRow> seal_into_outbox(Transaction& transaction, const Sealing& sealing,
                                     envelope::Content content, const Moment& at, Random& random);

/// Seals a release, and stores nothing: what fails here is the recipient's card.
/// @return  a row without a number
/// @errors  as sealing_key_of; malformed (bad_key)
Result<OutgoingRow> seal_release(const Sealing& sealing, envelope::Content release, const Moment& at,
                                 Random& random);

}  // namespace taut::node
