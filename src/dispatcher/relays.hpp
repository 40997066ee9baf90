#pragma once
// Online-only messages: from link to link, never written. One that is not released in time, or whose
// receiver goes, was declined as far as its sender can know.

#include <map>

#include "dispatcher/deliveries.hpp"

namespace taut::dispatcher {

class Relays {
 public:
  Relays(Common& common, Deliveries& deliveries) : common_(common), deliveries_(deliveries) {}

  /// To a link of the inbox's owner that waits for messages and has credit; declined when there is none.
  void relay(Resident& inbox, const Submission& submission, const Moment& at);

  /// The owner has these, and their senders are told so. What is left in the release was stored.
  /// @errors violation (not_delivered): one was never delivered on this link
  Status on_release(const Connection& owner, frame::Release& release);

  void on_gone(ConnectionId owner);
  void expire(Instant now);

 private:
  struct Relay {
    Ticket ticket;
    Instant deadline;
  };
  using Key = std::pair<ConnectionId, QueueNumber>;

  Common& common_;
  Deliveries& deliveries_;
  std::map<Key, Relay> open_;
};

}  // namespace taut::dispatcher
