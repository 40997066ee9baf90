#include "datagram/loss_recovery.hpp"

namespace taut::datagram {

void LossRecovery::on_sent(const SentPacket& packet) {
  sent_.push_back(packet);
  congestion_.on_sent(packet.size_bytes);
}

// RFC 9002 appendix A.7
Result<LossRecovery::Outcome> LossRecovery::on_ack(const Ranges& numbers, Duration ack_delay,
                                                   std::uint64_t largest_sent, Instant now) {
  if (numbers.empty()) return Outcome{};
  const std::uint64_t largest = numbers.highest().end - 1;
  if (largest > largest_sent) return fail(Errc::violation, reasons::kBadFrame);
  largest_acknowledged_ = std::max(largest_acknowledged_.value_or(0), largest);

  Outcome outcome;
  std::vector<SentPacket> left;
  for (SentPacket& packet : sent_) {
    if (numbers.contains(packet.number))
      outcome.acknowledged.push_back(packet);
    else
      left.push_back(packet);
  }
  if (outcome.acknowledged.empty()) return outcome;

  const CongestionWindow::Use use =
      congestion_.in_flight_bytes() + kDatagramBytesMax > congestion_.window_bytes()
          ? CongestionWindow::Use::filled
          : CongestionWindow::Use::idle;
  sent_ = std::move(left);
  if (outcome.acknowledged.back().number == largest)
    round_trip_.add(now - outcome.acknowledged.back().sent_at, ack_delay);
  for (const SentPacket& packet : outcome.acknowledged)
    congestion_.on_acknowledged(packet.size_bytes, packet.sent_at, use);
  probes_ = 0;
  outcome.lost = detect_lost(now);
  return outcome;
}

// RFC 9002 §6.1 and appendix A.10; persistent congestion after §7.6.
std::vector<SentPacket> LossRecovery::detect_lost(Instant now) {
  loss_time_.reset();
  std::vector<SentPacket> lost;
  if (!largest_acknowledged_) return lost;
  const Duration delay = round_trip_.loss_delay();
  std::vector<SentPacket> left;
  for (SentPacket& packet : sent_) {
    if (packet.number > *largest_acknowledged_) {
      left.push_back(packet);
    } else if (packet.sent_at + delay <= now || *largest_acknowledged_ >= packet.number + kPacketThreshold) {
      lost.push_back(packet);
    } else {
      const Instant at = packet.sent_at + delay;
      loss_time_ = loss_time_ ? std::min(*loss_time_, at) : at;
      left.push_back(packet);
    }
  }
  if (lost.empty()) return lost;
  sent_ = std::move(left);
  const Instant newest = lost.back().sent_at;
  for (const SentPacket& packet : lost) congestion_.on_lost(packet.size_bytes, newest, now);
  const Duration outage = newest - lost.front().sent_at;
  if (outage > round_trip_.probe_timeout() * kPersistentCongestionThreshold)
    congestion_.on_persistent_congestion();
  return lost;
}

/// RFC 9002 §6.2.1; the doubling stops where waiting longer would only find the answer later.
Duration LossRecovery::probe_delay() const {
  const Duration timeout = round_trip_.probe_timeout();
  const Duration backed_off = timeout * (1 << std::min(probes_, kProbeDoublingsMax));
  return std::min(backed_off, std::max(timeout, kProbeDelayMax));
}

std::optional<Instant> LossRecovery::deadline() const {
  if (loss_time_) return loss_time_;
  if (sent_.empty()) return std::nullopt;
  return sent_.back().sent_at + probe_delay();
}

LossRecovery::Timer LossRecovery::on_timer(Instant now) {
  const auto due = deadline();
  if (!due || *due > now) return {};
  if (loss_time_) return {detect_lost(now), false};
  if (probes_++ == 0) probing_since_ = now;
  is_given_up_ = probes_ > kUnansweredProbesMax && now - probing_since_ >= kUnansweredMax;
  // A probe repeats the oldest data (RFC 9002 §6.2.4): handed back as lost, still counted as in flight
  // no longer, because only an acknowledgement of the probe tells about it.
  Timer timer;
  timer.probe = true;
  timer.lost.push_back(sent_.front());
  congestion_.forget(sent_.front().size_bytes);
  sent_.erase(sent_.begin());
  return timer;
}

std::vector<SentPacket> LossRecovery::abandon() {
  std::vector<SentPacket> gone = std::exchange(sent_, {});
  for (const SentPacket& packet : gone) congestion_.forget(packet.size_bytes);
  loss_time_.reset();
  return gone;
}

}  // namespace taut::datagram
