#include "datagram/session.hpp"

#include "link/limits.hpp"
#include "link/reasons.hpp"

namespace taut::datagram {
namespace {
constexpr std::size_t kFrameHeaderBytes = 2;
constexpr std::size_t kPayloadBytesMax = kDatagramBytesMax - kDataHeaderBytes - noise::kTagBytes;
}  // namespace

Session::Session(Side side, Renewal renewal, link::Peer peer, PacketKeys&& keys, const PeerAddress& address,
                 Instant now, std::optional<Duration> round_trip)
    : side_(side),
      renewal_(renewal),
      peer_(peer),
      address_(address),
      keys_(std::move(keys)),
      last_heard_(now) {
  if (round_trip) flow_.measured(*round_trip);
  // The initiator's first packet proves it live, whatever it carries.
  if (side_ == Side::initiator) flow_.ping();
}

// ---------------------------------------------------------------------- frames

Status Session::send(ByteView frame) {
  if (ending_ || closed_at_) return fail(Errc::unavailable, reasons::kEnded);
  if (frame.empty()) return fail(Errc::misuse, reasons::kBadFrame);
  if (frame.size() > link::kFrameBytesMax) return fail(Errc::misuse, reasons::kTooLarge);
  if (flow_.room() < kFrameHeaderBytes + frame.size()) return fail(Errc::exhausted, reasons::kQueueFull);
  const std::array<Byte, kFrameHeaderBytes> size = {static_cast<Byte>(frame.size() >> 8),
                                                    static_cast<Byte>(frame.size())};
  TAUT_CHECK(flow_.write(size));
  return flow_.write(frame);
}

std::size_t Session::waiting_bytes() const { return kStreamWindowBytes - flow_.room(); }

void Session::close(Instant now) {
  if (ending_ || closed_at_) return;
  ending_ = true;
  flow_.end();
  closing_deadline_ = now + kClosingDeadline;
}

void Session::abandon(Instant now) {
  if (closed_at_) return;
  says_close_ = true;
  closed_at_ = now;
}

void Session::resume(Instant now, link::Events& events) {
  flow_.take(std::exchange(delivered_, 0));
  is_paused_ = false;
  deliver_frames(now, events);
  settle(now, events);
}

/// Hands out every whole frame that is ready; they are taken off when the owner has had a look.
void Session::deliver_frames(Instant now, link::Events& events) {
  while (!closed_at_ && !is_paused_) {
    const ByteView ready = flow_.ready().subspan(delivered_);
    if (ready.size() < kFrameHeaderBytes) return;
    const std::size_t size = std::size_t{ready[0]} << 8 | ready[1];
    if (size == 0 || size > link::kFrameBytesMax) {
      says_close_ = true;
      return end(link::Ending::broken, {Errc::violation, reasons::kBadFrame}, now, events);
    }
    if (ready.size() < kFrameHeaderBytes + size) return;
    events.push_back(link::FrameReceived{ready.subspan(kFrameHeaderBytes, size)});
    delivered_ += kFrameHeaderBytes + size;
  }
}

// ---------------------------------------------------------------------- packets

PacketKeys* Session::keys_of(SessionIndex index) {
  if (keys_.our_index() == index) return &keys_;
  if (new_keys_ && new_keys_->our_index() == index) return new_keys_.get();
  if (old_keys_ && old_keys_->our_index() == index) return old_keys_.get();
  return nullptr;
}

void Session::receive(const Data& packet, const PeerAddress& from, Instant now, link::Events& events) {
  flow_.take(std::exchange(delivered_, 0));
  PacketKeys* keys = keys_of(packet.receiver_index);
  if (keys == nullptr || !window_.check(packet.number)) return;
  if (!keys->open(packet, payload_)) return;

  // The packet is the peer's, and new. From here on state changes.
  const bool is_newest = packet.number >= window_.end();
  const Status received = flow_.receive(packet.number, payload_, now);
  if (!received && received.error().code == Errc::exhausted) return;
  window_.accept(packet.number);
  last_heard_ = now;
  if (keys == new_keys_.get()) adopt(std::move(*std::exchange(new_keys_, nullptr)), now);
  if (is_newest) address_ = from;
  if (!received) {
    says_close_ = true;
    return end(link::Ending::broken, received.error(), now, events);
  }
  note_use(now);
  deliver_frames(now, events);
  settle(now, events);
}

bool Session::next_datagram(Bytes& out, Instant now) {
  flow_.take(std::exchange(delivered_, 0));
  payload_.clear();
  if (std::exchange(says_close_, false)) {
    payload_.push_back(static_cast<Byte>(SegmentType::close));
  } else if (!flow_.next_packet(next_number_, kPayloadBytesMax, payload_, now)) {
    return false;
  }
  note_use(now);
  return keys_.seal(next_number_++, payload_, out).has_value();
}

// ---------------------------------------------------------------------- keys

void Session::renew(PacketKeys&& keys, Instant now) {
  if (side_ == Side::initiator) {
    adopt(std::move(keys), now);
    flow_.ping();  // the responder changes over when it hears the new keys
  } else {
    new_keys_ = std::make_unique<PacketKeys>(std::move(keys));
  }
}

void Session::adopt(PacketKeys&& keys, Instant now) {
  if (old_keys_) expired_.push_back(old_keys_->our_index());
  old_keys_ = std::make_unique<PacketKeys>(std::exchange(keys_, std::move(keys)));
  old_keys_until_ = now + kOldKeysLife;
  keys_begin_ = next_number_;
  overdue_since_.reset();
}

/// Keys that are used beyond their age must be renewed soon. Only the initiator can; the responder counts
/// a little longer, so that what is old to it is old to the initiator as well.
void Session::note_use(Instant now) {
  const Duration age_max = side_ == Side::initiator ? kRekeyAfter : kRekeyAfter + kResponderPatience;
  const bool is_old = now - keys_.born() >= age_max || next_number_ - keys_begin_ >= kRekeyAfterPackets;
  if (!is_old || overdue_since_) return;
  overdue_since_ = now;
  if (side_ == Side::initiator && renewal_ == Renewal::never) close(now);
}

bool Session::wants_renewal() const {
  const bool may_renew = side_ == Side::initiator && renewal_ == Renewal::as_needed;
  return may_renew && overdue_since_.has_value() && !closed_at_;
}

std::vector<SessionIndex> Session::expired_indices(Instant now) {
  if (old_keys_ && now >= old_keys_until_) {
    expired_.push_back(old_keys_->our_index());
    old_keys_.reset();
  }
  return std::exchange(expired_, {});
}

std::vector<SessionIndex> Session::indices() const {
  std::vector<SessionIndex> all = expired_;
  all.push_back(keys_.our_index());
  if (old_keys_) all.push_back(old_keys_->our_index());
  if (new_keys_) all.push_back(new_keys_->our_index());
  return all;
}

void Session::rest(Instant now) {
  if (!flow_.is_idle() || now - last_heard_ < kIdleAfter) return;
  keys_.rest();
  if (old_keys_) old_keys_->rest();
  window_.rest();
  flow_.take(std::exchange(delivered_, 0));
  flow_.rest();
  payload_ = Bytes();
}

// ---------------------------------------------------------------------- time and end

std::optional<Instant> Session::next_deadline() const {
  std::optional<Instant> at;
  const auto consider = [&at](std::optional<Instant> other) {
    if (other) at = at ? std::min(*at, *other) : *other;
  };
  consider(flow_.next_deadline());
  if (old_keys_) consider(old_keys_until_);
  if (overdue_since_ && !closed_at_) consider(*overdue_since_ + kRekeyGrace);
  if (closing_deadline_ && !closed_at_) consider(closing_deadline_);
  if (closed_at_) consider(over_at());
  return at;
}

void Session::tick(Instant now, link::Events& events) {
  flow_.take(std::exchange(delivered_, 0));
  flow_.tick(now);
  if (closed_at_) return;
  const Error late{Errc::unavailable, reasons::kDeadline};
  if (flow_.is_dead()) return end(link::Ending::cut, late, now, events);
  if (closing_deadline_ && now >= *closing_deadline_) {
    says_close_ = true;
    return end(link::Ending::late, late, now, events);
  }
  if (overdue_since_ && now >= *overdue_since_ + kRekeyGrace) {
    says_close_ = true;
    return end(link::Ending::broken, {Errc::exhausted, reasons::kKeyExhausted}, now, events);
  }
}

/// Looks whether the stream has ended, by whichever side.
void Session::settle(Instant now, link::Events& events) {
  if (closed_at_) return;
  if (flow_.closed_by_peer()) return end(link::Ending::cut, {Errc::unavailable, reasons::kCut}, now, events);
  if (is_paused_) return;
  const auto to_end = flow_.bytes_to_end();
  if (!to_end || *to_end > flow_.ready().size()) return;
  close(now);  // we have nothing more to say either; what waits still goes out
  if (*to_end == delivered_)
    return end(link::Ending::clean, {Errc::unavailable, reasons::kEnded}, now, events);
  says_close_ = true;  // half a frame, and then the end
  end(link::Ending::broken, {Errc::violation, reasons::kBadFrame}, now, events);
}

void Session::end(link::Ending ending, Error error, Instant now, link::Events& events) {
  closed_at_ = now;
  events.push_back(link::Closed{ending, error});
}

/// A link that closed stays for a while: to say its own end again, and to acknowledge the peer's again.
Instant Session::over_at() const {
  const Instant lingered = *closed_at_ + kLinger;
  const bool owes_its_end = ending_ && !flow_.ended() && !flow_.closed_by_peer() && !flow_.is_dead();
  return owes_its_end ? std::max(lingered, *closing_deadline_) : lingered;
}

bool Session::is_over(Instant now) const { return closed_at_ && !says_close_ && now >= over_at(); }

}  // namespace taut::datagram
