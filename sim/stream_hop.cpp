#include "sim/stream_hop.hpp"

#include "link/reasons.hpp"
#include "node/reasons.hpp"

namespace taut::sim {

namespace {

/// A peer that takes nothing for so long is cut off.
constexpr Duration kStalledMax = 30s;

std::string_view stream_end_name(link::Ending ending) {
  constexpr std::array<std::string_view, 5> kNames{"stream clean", "stream cut", "stream refused",
                                                   "stream broken", "stream late"};
  return kNames[static_cast<std::size_t>(ending)];
}

}  // namespace

StreamHop::StreamHop(Process& process, Owner& owner)
    : Hop(owner), process_(process), alarm_(process.site().schedule, [this] { on_due(); }) {}

std::shared_ptr<StreamHop> StreamHop::accept(Process& process, Owner& owner, link::StreamLink stream_link,
                                             StreamEnd end) {
  auto hop = std::make_shared<StreamHop>(process, owner);
  hop->start(std::move(stream_link), std::move(end));
  return hop;
}

std::shared_ptr<StreamHop> StreamHop::dial(Process& process, Owner& owner, MachineId to, MakeLink make_link) {
  auto hop = std::make_shared<StreamHop>(process, owner);
  const auto connected = [weak = std::weak_ptr(hop), make_link](std::optional<StreamEnd> end) {
    const auto self = weak.lock();
    if (!self || self->process_.is_dead() || self->is_over_) return;
    if (!end) return self->end({Errc::unavailable, reasons::kUnreachable}, "stream not connected");
    Result<link::StreamLink> link = make_link();
    if (!link) return self->end(link.error(), "stream not dialled");
    self->start(*std::move(link), std::move(*end));
  };
  process.site().network.connect(process.site().id, to, connected);
  return hop;
}

void StreamHop::start(link::StreamLink stream_link, StreamEnd end) {
  link_.emplace(std::move(stream_link));
  end_ = std::move(end);
  end_.start(*this);
  flush_later();
  arm();
}

Status StreamHop::send(ByteView frame) {
  if (!link_ || is_over_) return fail(Errc::unavailable, reasons::kEnded);
  TAUT_CHECK(link_->send(frame));
  queued_bytes_ += frame.size();
  flush_later();
  return {};
}

void StreamHop::close() {
  is_closing_ = true;
  if (!link_)
    return process_.post(
        [self = shared_from_this()] { self->end({Errc::unavailable, reasons::kEnded}, "stream hung up"); });
  if (is_over_) return;
  link_->close(process_.site().now());
  flush_later();
}

void StreamHop::on_bytes(ByteView bytes) {
  if (process_.is_dead() || is_over_) return;
  const auto self = shared_from_this();
  link_->receive(bytes, process_.site().now(), events_);
  act();
  flush();
}

void StreamHop::on_written() {
  if (process_.is_dead() || is_over_) return;
  const auto self = shared_from_this();
  if (const std::size_t taken = std::exchange(written_bytes_, 0); taken > 0) owner().on_sent(*this, taken);
  flush();
}

void StreamHop::on_closed() {
  if (process_.is_dead() || is_over_) return;
  const auto self = shared_from_this();
  link_->receive_end(events_);
  act();
  flush();
}

void StreamHop::on_due() {
  if (process_.is_dead() || is_over_) return;
  const auto self = shared_from_this();
  const Instant now = process_.site().now();
  const auto stalled = end_.stalled_since();
  if (stalled && now >= *stalled + kStalledMax)
    return end({Errc::unavailable, reasons::kDeadline}, "stream stalled");
  link_->tick(now, events_);
  act();
  flush();
}

void StreamHop::act() {
  for (const link::Event& event : events_) {
    if (is_over_ || process_.is_dead()) break;
    if (const auto* claimed = std::get_if<link::PeerClaimed>(&event))
      owner().on_claimed(*this, claimed->node_id);
    if (const auto* proven = std::get_if<link::PeerAuthenticated>(&event)) owner().on_up(*this, proven->peer);
    if (const auto* received = std::get_if<link::FrameReceived>(&event))
      owner().on_frame(*this, received->frame);
    if (const auto* closed = std::get_if<link::Closed>(&event)) {
      (void)seal_waiting();
      end(closed->error, stream_end_name(closed->ending));
    }
  }
  events_.clear();
}

void StreamHop::flush_later() {
  if (std::exchange(will_flush_, true)) return;
  process_.post([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->flush();
  });
}

void StreamHop::flush() {
  will_flush_ = false;
  if (is_over_ || !link_ || process_.is_dead()) return;
  if (end_.waiting_bytes() == 0 && !seal_waiting())
    return end({Errc::exhausted, reasons::kKeyExhausted}, "stream key exhausted");
  if (link_->is_over() && end_.waiting_bytes() == 0)
    return end({Errc::unavailable, reasons::kCut}, "stream over");
  arm();
}

bool StreamHop::seal_waiting() {
  Bytes record(link::kFlushBytesMin);
  while (link_->wants_flush()) {
    const Result<std::size_t> size = link_->flush(record, process_.site().now());
    if (!size) return false;
    end_.send(to_bytes(ByteView(record).first(*size)));
  }
  written_bytes_ += std::exchange(queued_bytes_, 0);
  return true;
}

void StreamHop::end(const Error& why, std::string_view how) {
  if (std::exchange(is_over_, true)) return;
  const auto self = shared_from_this();
  alarm_.arm(std::nullopt);
  if (end_) end_.close();
  process_.site().chronicle.hit("link ended", how);
  process_.site().chronicle.hit("link ended because", why.reason.name);
  owner().on_down(*this, why);
}

void StreamHop::arm() {
  std::optional<Instant> at = link_->next_deadline();
  if (const auto stalled = end_.stalled_since(); stalled && (!at || *stalled + kStalledMax < *at))
    at = *stalled + kStalledMax;
  alarm_.arm(at);
}

}  // namespace taut::sim
