#pragma once
// What the links of one node share.

#include "base/random.hpp"
#include "link/known_peers.hpp"
#include "link/limits.hpp"
#include "link/peer.hpp"

namespace taut::link {

/// What it refers to outlives the links.
struct Local {
  const identity::Identity& identity;
  Random& random;
  Limits limits{};
  KnownPeers* known_peers = nullptr;  ///< makes the next handshake with a peer cheaper; optional
};

}  // namespace taut::link
