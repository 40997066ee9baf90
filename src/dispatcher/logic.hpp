#pragma once
// The parts of a dispatcher, wired.

#include "dispatcher/cards.hpp"
#include "dispatcher/deliveries.hpp"
#include "dispatcher/housekeeping.hpp"
#include "dispatcher/submissions.hpp"

namespace taut::dispatcher {

class Logic {
 public:
  explicit Logic(const Settings& settings);

  Effects start(const Moment& at);
  Effects on_connected(ConnectionId id, const NodeId& node, const Moment& at);
  Effects on_frame(ConnectionId id, ByteView frame, const Moment& at);
  Effects on_sent(ConnectionId id, std::size_t bytes, const Moment& at);
  Effects on_disconnected(ConnectionId id);
  Effects on_store_result(OperationId id, StoreResult result, const Moment& at);
  Effects tick(const Moment& at);
  Effects stop();
  Instant next_deadline() const;
  Counters counters() const;

 private:
  Status on_frame(Connection& from, ByteView bytes, const Moment& at);
  Status on_question(Connection& from, frame::Frame& frame, const Moment& at);
  void handle(Pending& pending, StoreResult result, const Moment& at);
  void on_record(NodePending& pending, Result<std::optional<NodeRecord>> result, const Moment& at);
  void greet(Connection& connection);
  Moment believed(const Moment& at) { return {at.now, wall_.believe(at)}; }
  /// What the event that ends here has caused.
  Effects effects();

  Common common_;
  CarefulWall wall_;
  Deliveries deliveries_;
  Submissions submissions_;
  Cards cards_;
  Housekeeping housekeeping_;
};

}  // namespace taut::dispatcher
