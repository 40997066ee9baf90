#include "datagram/congestion.hpp"

namespace taut::datagram {

// RFC 9002 §7.3 and appendix B.5
void CongestionWindow::on_acknowledged(std::size_t bytes, Instant sent_at, Use use) {
  forget(bytes);
  if (use == Use::idle || in_recovery(sent_at)) return;
  if (window_ < slow_start_threshold_) {
    window_ += bytes;
  } else {
    window_ += kDatagramBytesMax * bytes / window_;
  }
}

// RFC 9002 §7.3.2: one halving per round trip, however many packets it took.
void CongestionWindow::on_lost(std::size_t bytes, Instant sent_at, Instant now) {
  forget(bytes);
  if (in_recovery(sent_at)) return;
  recovering_ = true;
  recovery_start_ = now;
  slow_start_threshold_ = window_ / 2;
  window_ = std::max(slow_start_threshold_, kMinimumWindowBytes);
}

void CongestionWindow::on_persistent_congestion() {
  window_ = kMinimumWindowBytes;
  recovering_ = false;
}

}  // namespace taut::datagram
