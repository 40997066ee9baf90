#pragma once
// What a link tells its owner.

#include <variant>
#include <vector>

#include "link/peer.hpp"
#include "link/reasons.hpp"

namespace taut::link {

/// Responder only: a first message names this peer. It may be a replay: nothing may follow from it but
/// counting half-open links (link/roster.hpp).
struct PeerClaimed {
  NodeId node_id;
};

/// The handshake is complete and the peer is live: frames may go both ways.
struct PeerAuthenticated {
  Peer peer;
};

/// One whole frame, 1..kFrameBytesMax bytes.
struct FrameReceived {
  ByteView frame;  ///< valid until the link's next receive()
};

enum class Ending : std::uint8_t {
  clean,    ///< the peer said so, authenticated; every frame that it sent was received
  cut,      ///< the stream stopped before that: frames may be missing
  refused,  ///< the peer would not have this handshake
  broken,   ///< what came does not hold; the error says why
  late,     ///< a deadline passed
};

/// The last event of a link. What is left to flush goes out, then the carrier closes.
struct Closed {
  Ending ending;
  Error error;  ///< clean: code `unavailable`, reason `ended`
};

using Event = std::variant<PeerClaimed, PeerAuthenticated, FrameReceived, Closed>;
/// The owner keeps one, and clears it between calls: then nothing is allocated.
using Events = std::vector<Event>;

}  // namespace taut::link
