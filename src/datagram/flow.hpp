#pragma once
// An ordered stream of bytes, both ways, over packets that may be lost, doubled and disordered: QUIC's
// means (RFC 9000 §13, RFC 9002) for exactly one stream. Knows no key and no address: the packets'
// payloads go out and come in, behind whatever protects them.

#include <optional>

#include "datagram/loss_recovery.hpp"
#include "datagram/receive_stream.hpp"
#include "datagram/segment.hpp"
#include "datagram/send_stream.hpp"

namespace taut::datagram {

class Flow {
 public:
  // ------------------------------------------------------------------ the stream
  /// How many bytes `write` takes now.
  std::size_t room() const { return sending_.room(); }
  /// @errors exhausted: more than room(); misuse: after end()
  Status write(ByteView bytes) { return sending_.write(bytes); }
  /// Nothing more will be written; the peer is told, reliably.
  void end() { sending_.end(); }
  ByteView ready() const { return receiving_.ready(); }
  void take(std::size_t size);

  // ------------------------------------------------------------------ packets
  /// The payload of a packet that was authentic and not seen before.
  /// @errors malformed, violation: the peer broke the protocol, the link must end;
  ///         exhausted: dropped, and not acknowledged; the peer will repeat it
  Status receive(std::uint64_t number, ByteView payload, Instant now);
  /// Writes the payload of packet `number`, if one is due.
  /// @param out  empty; at most kDatagramBytesMax minus what protection adds are used: `size_max`
  /// @return     whether `out` is to be sent
  bool next_packet(std::uint64_t number, std::size_t size_max, Bytes& out, Instant now);
  /// Asks for a sign of life with the next packet (keep-alive, a new path).
  void ping() { ping_due_ = true; }
  /// How long a packet and its answer took, before there was anything to acknowledge (RFC 9002 §5.1).
  void measured(Duration round_trip) { recovery_.measured(round_trip); }
  /// The path or the keys are new: everything outstanding is sent again.
  void restart();

  // ------------------------------------------------------------------ time and end
  std::optional<Instant> next_deadline() const;
  void tick(Instant now);

  /// The peer sent everything, and we took it.
  bool peer_ended() const { return receiving_.finished(); }
  /// Where the peer's stream ends, counted from what we took; none: it goes on.
  std::optional<std::uint64_t> bytes_to_end() const { return receiving_.bytes_to_end(); }
  /// All that we sent, the end included, was acknowledged.
  bool ended() const { return end_acknowledged_; }
  /// The peer closed without waiting.
  bool closed_by_peer() const { return closed_by_peer_; }
  /// Nobody answers.
  bool is_dead() const { return recovery_.is_given_up(); }
  bool is_idle() const { return recovery_.in_flight_count() == 0 && !ack_since_; }
  /// Frees memory that nothing waits in.
  void rest();

  const LossRecovery& recovery() const { return recovery_; }

 private:
  Status take_segment(const Segment& segment, bool& wants_ack, Instant now);
  Status take_ack(const Ack& ack, Instant now);
  void note_received(std::uint64_t number, bool wants_ack, Instant now);
  void resend(std::span<const SentPacket> lost);
  bool ack_is_due(Instant now) const;
  bool window_is_due() const { return receiving_.window_end() >= announced_ + kWindowStepBytes; }
  bool end_is_due() const {
    return sending_.final_offset().has_value() && !end_in_flight_ && !end_acknowledged_;
  }

  SendStream sending_;
  ReceiveStream receiving_;
  LossRecovery recovery_;

  Ranges received_;                   // packet numbers to acknowledge
  std::optional<Instant> ack_since_;  // the first packet that waits for its acknowledgement
  unsigned unacknowledged_ = 0;       // ... and how many wait
  bool ack_now_ = false;              // out of order: the sender should know at once
  Instant largest_received_at_{};

  std::uint64_t largest_sent_ = 0;
  std::uint64_t announced_ = kStreamWindowBytes;
  unsigned probes_due_ = 0;
  bool ping_due_ = false;
  bool end_in_flight_ = false;
  bool end_acknowledged_ = false;
  bool closed_by_peer_ = false;
};

}  // namespace taut::datagram
