#pragma once
// A dispatcher's logic: frames, times and storage results in; frames, storage operations and deadlines
// out (docs/protocol/dispatcher.md). It serves inboxes and cards. It sees sealed messages only, and keeps
// nothing that says who sent them.

#include <memory>

#include "dispatcher/counters.hpp"
#include "dispatcher/effects.hpp"
#include "dispatcher/limits.hpp"
#include "dispatcher/moment.hpp"
#include "dispatcher/peer.hpp"

namespace taut::dispatcher {

class Logic;

class Dispatcher {
 public:
  explicit Dispatcher(const Settings& settings);
  Dispatcher(Dispatcher&&) noexcept;
  Dispatcher& operator=(Dispatcher&&) noexcept;
  ~Dispatcher();

  /// Once, before anything else: the first storage operation.
  Effects start(const Moment& at);

  /// A link is up, and its peer has proven itself.
  Effects on_connected(ConnectionId connection, const Peer& peer, const Moment& at);
  /// One frame as it came. A broken rule ends in a Goodbye and a Close for this link, and changes nothing
  /// else.
  Effects on_frame(ConnectionId connection, ByteView frame, const Moment& at);
  /// The carrier has taken so many bytes of frames that were given as SendFrame.
  Effects on_sent(ConnectionId connection, std::size_t bytes, const Moment& at);
  /// The link is gone. Puts on their way to the store stay there.
  Effects on_disconnected(ConnectionId connection);
  Effects on_store_result(OperationId operation, StoreResult result, const Moment& at);

  /// What whoever runs the dispatcher asks; answered by one OperatorAnswer.
  Effects on_operator(OperatorRequestId request, const OperatorRequest& asked, const Moment& at);

  /// From now on; what is more than a new limit allows stays, and nothing is added to it. Links stay up.
  /// Not changed: the node, and limits of memory and clocks (residents, wall_jump).
  void reconfigure(frame::Policy policy, const Limits& limits);

  /// Whatever is due.
  Effects tick(const Moment& at);
  /// When to call tick; earlier does no harm.
  Instant next_deadline() const;

  /// Says goodbye to every link; storage operations on their way may still be reported.
  Effects stop();

  Counters counters() const;

 private:
  std::unique_ptr<Logic> logic_;
};

}  // namespace taut::dispatcher
