#pragma once
// Signatures for senders who wait for them (docs/protocol/node.md, "Releases"): what was taken in is signed
// for in the transaction that takes it in, one signature and one envelope back for each sender in it.

#include "base/random.hpp"
#include "identity/identity.hpp"
#include "node/inbox.hpp"
#include "node/task.hpp"

namespace taut::node {

/// Rows in the outbox beyond which nothing more is signed: a contact cannot fill the state with them.
inline constexpr std::size_t kReleasesWaitingMax = 1024;

struct Releaser {
  const identity::Identity& identity;
  Random& random;
};

/// For letters of contacts that are accepted and asked for it; others get none, for it would tell strangers
/// when this node is there, and make it call whom they name.
Status seal_releases(Transaction& transaction, const Releaser& releaser,
                     std::span<const envelope::Letter* const> accepted, const Moment& at);

/// A release came: messages that it names, and that were sent to who signed it, are released.
/// @return  whether it was one; what it was not changes nothing
Result<bool> note_release(Transaction& transaction, const envelope::Letter& letter, const NodeId& own);

/// Whose releases wait to be put, ascending.
Result<std::vector<NodeId>> releases_waiting(Store& store);

}  // namespace taut::node
