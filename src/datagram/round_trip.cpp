#include "datagram/round_trip.hpp"

namespace taut::datagram {

// RFC 9002 §5.3
void RoundTrip::add(Duration sample, Duration ack_delay) {
  latest_ = sample;
  if (!measured_) {
    measured_ = true;
    minimum_ = smoothed_ = sample;
    variation_ = sample / 2;
    return;
  }
  minimum_ = std::min(minimum_, sample);
  const Duration delay = std::min(ack_delay, kAckDelayMax);
  const Duration adjusted = sample >= minimum_ + delay ? sample - delay : sample;
  variation_ = (3 * variation_ + std::chrono::abs(smoothed_ - adjusted)) / 4;
  smoothed_ = (7 * smoothed_ + adjusted) / 8;
}

Duration RoundTrip::probe_timeout() const {
  return smoothed_ + std::max(4 * variation_, kGranularity) + kAckDelayMax;
}

Duration RoundTrip::loss_delay() const {
  return std::max(9 * std::max(smoothed_, latest_) / 8, kGranularity);
}

}  // namespace taut::datagram
