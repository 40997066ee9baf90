#pragma once
// Signatures for senders who wait for them (docs/protocol/node.md, "Releases"): what was taken in is signed
// for in the transaction that takes it in, one signature and one envelope back for each sender in it.

#include "base/random.hpp"
#include "identity/identity.hpp"
#include "node/inbox.hpp"
#include "node/task.hpp"

namespace taut::node {

/// Releases to one contact that may wait in the outbox. Beyond that nothing more is signed for it, and for
/// everybody else as ever: one whose dispatchers are dead takes nobody's place.
inline constexpr std::size_t kReleasesToOneMax = 32;

struct Releaser {
  const identity::Identity& identity;
  Random& random;
};

/// For letters of contacts that are accepted and asked for it; others get none, for it would tell strangers
/// when this node is there, and make it call whom they name; and so do contacts to whose card nothing can be
/// sealed.
/// @errors  the store's
Status seal_releases(Transaction& transaction, const Releaser& releaser,
                     std::span<const envelope::Letter* const> accepted, const Moment& at);

/// A release came: messages that it names, and that were sent to the contact who signed it, are released.
/// @return  whether it was one; what it was not changes nothing
Result<bool> note_release(Transaction& transaction, const envelope::Letter& letter, const NodeId& own);

/// Whose releases wait to be put; first who was signed for last, and may be waiting.
Result<std::vector<NodeId>> releases_waiting(Store& store);

/// Those that no dispatcher would keep any more, because they could never be put.
Status forget_releases_that_are_over(Store& store, std::optional<WallTime> wall);

}  // namespace taut::node
