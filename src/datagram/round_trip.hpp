#pragma once
// How long a packet and its acknowledgement take (RFC 9002 §5).

#include <optional>

#include "datagram/limits.hpp"

namespace taut::datagram {

class RoundTrip {
 public:
  /// @param sample     from sending the newest acknowledged packet to now
  /// @param ack_delay  what the peer says that it waited; bounded by kAckDelayMax here
  void add(Duration sample, Duration ack_delay);

  Duration latest() const { return latest_; }
  Duration smoothed() const { return smoothed_; }
  /// RFC 9002 §6.2.1 without the back-off: how long to wait before probing.
  Duration probe_timeout() const;
  /// RFC 9002 §6.1.2: how long to wait before a packet behind an acknowledged one counts as lost.
  Duration loss_delay() const;

 private:
  bool measured_ = false;
  Duration latest_ = kInitialRtt;
  Duration smoothed_ = kInitialRtt;
  Duration variation_ = kInitialRtt / 2;
  Duration minimum_{0};
};

}  // namespace taut::datagram
