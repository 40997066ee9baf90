#pragma once
// Which packets arrived, which are lost, and when to ask (RFC 9002 §6). One packet number space, one
// stream; what a packet carried is remembered as the stream range, so that it can be sent again.

#include <optional>
#include <vector>

#include "base/result.hpp"
#include "datagram/congestion.hpp"
#include "datagram/ranges.hpp"
#include "datagram/round_trip.hpp"

namespace taut::datagram {

/// What the peer must acknowledge.
struct SentPacket {
  std::uint64_t number = 0;
  Instant sent_at{};
  std::size_t size_bytes = 0;
  Range stream{};  ///< empty: none
  bool ends_stream = false;
};

class LossRecovery {
 public:
  void measured(Duration round_trip) { round_trip_.add(round_trip, {}); }
  bool may_send(std::size_t bytes) const { return congestion_.allows(bytes); }
  /// Only packets that want an acknowledgement are told.
  /// @pre numbers ascend
  void on_sent(const SentPacket& packet);

  struct Outcome {
    std::vector<SentPacket> acknowledged;
    std::vector<SentPacket> lost;
  };
  /// @param largest_sent  an acknowledgement of anything beyond it is a lie
  /// @errors violation (bad_frame)
  Result<Outcome> on_ack(const Ranges& numbers, Duration ack_delay, std::uint64_t largest_sent, Instant now);

  /// When `on_timer` wants to be called; none: nothing is on its way.
  std::optional<Instant> deadline() const;
  struct Timer {
    std::vector<SentPacket> lost;
    bool probe = false;  ///< send something that wants an acknowledgement, window or not
  };
  Timer on_timer(Instant now);

  /// Nothing is on its way any more: what was goes back as lost (keys were replaced, path is new).
  std::vector<SentPacket> abandon();

  /// Frees memory that no packet is in.
  void rest() { sent_.shrink_to_fit(); }

  std::size_t in_flight_count() const { return sent_.size(); }
  const RoundTrip& round_trip() const { return round_trip_; }
  const CongestionWindow& congestion() const { return congestion_; }
  /// Probes sent in a row without any answer.
  unsigned unanswered_probes() const { return probes_; }
  /// So many and for so long that the peer is gone.
  bool is_given_up() const { return is_given_up_; }

 private:
  std::vector<SentPacket> detect_lost(Instant now);
  Duration probe_delay() const;

  std::vector<SentPacket> sent_;  // ascending by number; an idle link's holds no memory
  std::optional<std::uint64_t> largest_acknowledged_;
  std::optional<Instant> loss_time_;
  unsigned probes_ = 0;
  Instant probing_since_{};
  bool is_given_up_ = false;
  RoundTrip round_trip_;
  CongestionWindow congestion_;
};

}  // namespace taut::datagram
