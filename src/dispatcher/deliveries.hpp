#pragma once
// Inboxes towards their owners: subscriptions, credit, deliveries, releases.

#include "dispatcher/common.hpp"
#include "dispatcher/moment.hpp"

namespace taut::dispatcher {

/// A message, wherever its bytes are.
struct Message {
  QueueNumber number = 0;
  WallTime received;
  WallTime expires;
  ByteView body;
};

class Deliveries {
 public:
  explicit Deliveries(Common& common) : common_(common) {}

  Status on_subscribe(Connection& owner, const frame::Subscribe& subscribe, Instant now);
  Status on_credit(Connection& owner, const frame::Credit& credit, Instant now);
  /// Of stored messages.
  Status on_release(Connection& owner, frame::Release& release);
  void on_sent(Connection& owner, Instant now) { advance(owner, now); }

  void on_result(FetchPending& pending, Result<Fetched> result, const Moment& at);
  void on_result(ReleasePending& pending, Result<Freed> result, const Moment& at);

  /// A message has become durable: to whoever waits for it.
  void push(Resident& inbox, const Message& message, Instant now);

  /// A message that no queue holds. False: this link does not wait for messages now.
  bool deliver_now(Connection& owner, const Message& message);

  /// More may be delivered on a link.
  /// @errors violation (too_much_credit)
  Status grant(Connection& owner, std::uint32_t credit) const;
  /// Credit, the link's window and everybody's are open.
  bool may_begin(const Connection& owner) const;

  /// Again for those that had to wait for others.
  void retry_stalled(Instant now);
  std::optional<Instant> retry_at() const { return retry_at_; }

 private:
  void advance(Connection& owner, Instant now);
  bool deliver_fetched(Connection& owner, const Fetched& fetched, WallTime now);
  void deliver(Connection& owner, const Message& message);
  void caught_up(Connection& owner);
  void stall(Connection& owner, Instant now);

  Common& common_;
  std::vector<ConnectionId> stalled_;
  std::optional<Instant> retry_at_;
};

}  // namespace taut::dispatcher
