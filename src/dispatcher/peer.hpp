#pragma once
// Who is at the other end of a link, as the link has proven it.

#include <optional>

#include "base/ids.hpp"
#include "dispatcher/source_budgets.hpp"
#include "frame/device.hpp"

namespace taut::dispatcher {

struct Peer {
  Peer(const NodeId& proven, const SessionId& link_session = {},  // NOLINT: a node alone is a peer, too
       frame::Carrier link_carrier = frame::Carrier::unknown)
      : node(proven), session(link_session), carrier(link_carrier) {}
  /// A link that hides who the client is (Noise NK).
  static Peer anonymous(const SessionId& session, frame::Carrier carrier) {
    Peer peer({}, session, carrier);
    peer.node.reset();
    return peer;
  }

  std::optional<NodeId> node;
  SessionId session;
  frame::Carrier carrier = frame::Carrier::unknown;
  SourceId source = kNoSource;
};

}  // namespace taut::dispatcher
