#pragma once
// Names of things that cross rooms.

#include <string>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace taut {

/// SHA-256(label, signature algorithm, signature public key): who a node is (identity/node_id.hpp).
using NodeId = Opaque<struct NodeIdTag, 32>;
/// First 16 bytes of a link's handshake hash.
using SessionId = Opaque<struct SessionIdTag, 16>;
/// Random, chosen by the sender: names one message between its two ends.
using MessageId = Opaque<struct MessageIdTag, 16>;
/// Random, one per dispatcher and submission: the dispatcher never learns the message ID.
using SubmissionId = Opaque<struct SubmissionIdTag, 16>;
/// Random: what a dispatcher knows a topic's log by. Whoever knows it may introduce himself there.
using LogId = Opaque<struct LogIdTag, 16>;

/// `taut1…`, bech32m (BIP 350) with the prefix "taut".
std::string to_text(const NodeId& id);
/// @errors malformed: not bech32m, another prefix or length, mixed case
Result<NodeId> node_id_from_text(std::string_view text);

}  // namespace taut
