#pragma once
// The parts of a dispatcher, wired.

#include "dispatcher/cards.hpp"
#include "dispatcher/deliveries.hpp"
#include "dispatcher/housekeeping.hpp"
#include "dispatcher/introductions.hpp"
#include "dispatcher/log_access.hpp"
#include "dispatcher/notes.hpp"
#include "dispatcher/operators.hpp"
#include "dispatcher/relays.hpp"
#include "dispatcher/submissions.hpp"

namespace taut::dispatcher {

class Logic {
 public:
  explicit Logic(const Settings& settings);

  Effects start(const Moment& at);
  Effects on_connected(ConnectionId id, const Peer& peer, const Moment& at);
  Effects on_frame(ConnectionId id, ByteView frame, const Moment& at);
  Effects on_sent(ConnectionId id, std::size_t bytes, const Moment& at);
  Effects on_disconnected(ConnectionId id);
  Effects on_store_result(OperationId id, StoreResult result, const Moment& at);
  Effects on_operator(OperatorRequestId request, const OperatorRequest& asked, const Moment& at);
  void reconfigure(frame::Policy policy, const Limits& limits);
  Effects tick(const Moment& at);
  Effects stop();
  Instant next_deadline() const;
  Counters counters() const;

 private:
  /// An event begins: what time it is, as far as we believe.
  void begin(const Moment& given) { at_ = {given.now, wall_.believe(given)}; }
  /// It ends: what it has caused.
  Effects effects();

  Status on_frame(Connection& from, ByteView bytes);
  Status on_question(Connection& from, frame::Frame& frame);
  Status on_log_question(Connection& from, frame::Frame& frame);
  Status on_credit(Connection& from, const frame::Credit& credit);
  Status on_release(Connection& owner, frame::Release& release);
  void on_goodbye(Connection& from);
  void handle(Pending& pending, StoreResult&& result);
  void on_totals(const Result<Totals>& totals);
  void on_record(NodePending& pending, Result<std::optional<NodeRecord>> result);
  void on_log(LogResident& log, Result<std::optional<LogRecord>> result);
  /// Whoever has waited for a log's record.
  void resume(LogResident& log);
  void greet(Connection& connection);
  /// A link is about to be forgotten.
  void note_gone(const Connection& connection);

  Common common_;
  CarefulWall wall_;
  Moment at_;
  Deliveries deliveries_;
  Relays relays_;
  Submissions submissions_;
  Cards cards_;
  Notes notes_;
  Operators operators_;
  LogReadings log_readings_;
  LogAccess log_access_;
  LogAppends log_appends_;
  Introductions introductions_;
  LogSweeps log_sweeps_;
  KeyPackages key_packages_;
  Housekeeping housekeeping_;
};

}  // namespace taut::dispatcher
