#pragma once
// How much may be on its way at once (RFC 9002 §7: slow start, recovery, congestion avoidance).

#include "datagram/limits.hpp"

namespace taut::datagram {

class CongestionWindow {
 public:
  bool allows(std::size_t bytes) const { return in_flight_ + bytes <= window_; }
  std::size_t in_flight_bytes() const { return in_flight_; }
  std::size_t window_bytes() const { return window_; }

  void on_sent(std::size_t bytes) { in_flight_ += bytes; }
  /// @param filled  the window was what held the sender back: only then it may grow (RFC 9002 §7.8)
  enum class Use { filled, idle };
  void on_acknowledged(std::size_t bytes, Instant sent_at, Use use);
  /// Lost packets, newest sent at `sent_at`.
  void on_lost(std::size_t bytes, Instant sent_at, Instant now);
  /// RFC 9002 §7.6.2
  void on_persistent_congestion();
  /// Packets that are neither acknowledged nor lost any more (keys gone).
  void forget(std::size_t bytes) { in_flight_ -= std::min(bytes, in_flight_); }

 private:
  bool in_recovery(Instant sent_at) const { return recovering_ && sent_at <= recovery_start_; }

  std::size_t window_ = kInitialWindowBytes;
  std::size_t slow_start_threshold_ = SIZE_MAX;
  std::size_t in_flight_ = 0;
  bool recovering_ = false;
  Instant recovery_start_{};
};

}  // namespace taut::datagram
