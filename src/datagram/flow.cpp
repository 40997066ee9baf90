#include "datagram/flow.hpp"

#include "base/overloaded.hpp"

namespace taut::datagram {

void Flow::take(std::size_t size) { receiving_.take(size); }

// ---------------------------------------------------------------------- receiving

Status Flow::receive(std::uint64_t number, ByteView payload, Instant now) {
  wire::Reader in(payload);
  bool wants_ack = false;
  while (true) {
    TAUT_TRY(const std::optional<Segment> segment, read_segment(in));
    if (!segment) break;
    TAUT_CHECK(take_segment(*segment, wants_ack, now));
  }
  note_received(number, wants_ack, now);
  return {};
}

Status Flow::take_segment(const Segment& segment, bool& wants_ack, Instant now) {
  wants_ack = wants_ack || !(std::holds_alternative<Ack>(segment) || std::holds_alternative<Close>(segment));
  return std::visit(Overloaded{
                        [](const Ping&) -> Status { return {}; },
                        [&](const Ack& ack) { return take_ack(ack, now); },
                        [&](const Stream& piece) { return receiving_.receive(piece.offset, piece.bytes); },
                        [&](const Window& window) -> Status {
                          sending_.grant(window.offset);
                          return {};
                        },
                        [&](const End& end) {
                          ack_now_ = true;  // who ends may be about to leave
                          return receiving_.end_at(end.offset);
                        },
                        [&](const Close&) -> Status {
                          closed_by_peer_ = true;
                          return {};
                        },
                    },
                    segment);
}

Status Flow::take_ack(const Ack& ack, Instant now) {
  TAUT_TRY(const LossRecovery::Outcome outcome, recovery_.on_ack(ack.numbers, ack.delay, largest_sent_, now));
  for (const SentPacket& packet : outcome.acknowledged) {
    sending_.on_acknowledged(packet.stream);
    end_acknowledged_ = end_acknowledged_ || packet.ends_stream;
  }
  resend(outcome.lost);
  return {};
}

// RFC 9000 §13.2: at once for the second packet and when the order broke, else a little later.
void Flow::note_received(std::uint64_t number, bool wants_ack, Instant now) {
  const bool in_order = received_.empty() || number == received_.highest().end;
  if (received_.empty() || number >= received_.highest().end) largest_received_at_ = now;
  received_.add({number, number + 1});
  received_.keep_highest(kAckRangesMax);
  if (!wants_ack) return;
  if (!ack_since_) ack_since_ = now;
  ++unacknowledged_;
  ack_now_ = ack_now_ || !in_order || unacknowledged_ >= 2;
}

bool Flow::ack_is_due(Instant now) const {
  return ack_since_ && (ack_now_ || now - *ack_since_ >= kAckDelay);
}

// ---------------------------------------------------------------------- sending

bool Flow::next_packet(std::uint64_t number, std::size_t size_max, Bytes& out, Instant now) {
  const bool probing = probes_due_ > 0;
  const bool may_send = probing || recovery_.may_send(size_max);
  const bool wants_data = may_send && (sending_.has_due() || end_is_due());
  const bool wants_word = window_is_due() || ping_due_ || probing;
  if (!wants_data && !wants_word && !ack_is_due(now)) return false;

  wire::Writer writer(out);
  SentPacket packet{number, now, 0, {}, false};
  if (ack_since_) {
    write_ack(writer, {received_, now - largest_received_at_});
    ack_since_.reset();
    unacknowledged_ = 0;
    ack_now_ = false;
  }
  bool wants_ack = wants_word;
  if (window_is_due()) {
    announced_ = receiving_.window_end();
    write_offset(writer, SegmentType::window, announced_);
  }
  if (may_send && out.size() + kStreamHeaderBytesMax < size_max) {
    if (const auto piece = sending_.next(size_max - out.size() - kStreamHeaderBytesMax)) {
      write_stream(writer, {piece->offset, piece->bytes});
      packet.stream = {piece->offset, piece->offset + piece->bytes.size()};
      sending_.on_sent(packet.stream);
      wants_ack = true;
    }
  }
  if (may_send && end_is_due() && out.size() + 9 <= size_max) {
    write_offset(writer, SegmentType::end, *sending_.final_offset());
    packet.ends_stream = end_in_flight_ = true;
    wants_ack = true;
  }
  if (wants_word && packet.stream.size() == 0 && !packet.ends_stream)
    writer.u8(static_cast<std::uint8_t>(SegmentType::ping));
  ping_due_ = false;
  if (probing) --probes_due_;
  largest_sent_ = number;
  packet.size_bytes = out.size();
  if (wants_ack) recovery_.on_sent(packet);
  return true;
}

void Flow::resend(std::span<const SentPacket> lost) {
  for (const SentPacket& packet : lost) {
    sending_.on_lost(packet.stream);
    if (packet.ends_stream) end_in_flight_ = false;
    // Whatever else it said may have been a window: say it again.
    if (packet.stream.size() == 0 && !packet.ends_stream) announced_ = 0;
  }
}

void Flow::restart() {
  const std::vector<SentPacket> gone = recovery_.abandon();
  resend(gone);
  ping_due_ = true;
}

void Flow::rest() {
  sending_.rest();
  receiving_.rest();
  recovery_.rest();
  received_.rest();
}

// ---------------------------------------------------------------------- time

std::optional<Instant> Flow::next_deadline() const {
  std::optional<Instant> at = recovery_.deadline();
  if (ack_since_) {
    const Instant ack_at = ack_now_ ? *ack_since_ : *ack_since_ + kAckDelay;
    at = at ? std::min(*at, ack_at) : ack_at;
  }
  return at;
}

void Flow::tick(Instant now) {
  const LossRecovery::Timer timer = recovery_.on_timer(now);
  resend(timer.lost);
  if (timer.probe) probes_due_ = 2;  // RFC 9002 §6.2.4: two, because the first may be lost as well
}

}  // namespace taut::datagram
