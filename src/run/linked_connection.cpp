#include "run/linked_connection.hpp"

#include "link/reasons.hpp"

namespace taut::run {

using carrier::Loop;

LinkedConnection::LinkedConnection(Loop& loop, std::shared_ptr<carrier::Connection> connection,
                                   link::StreamLink stream_link, Owner& owner)
    : connection_(std::move(connection)),
      link_(std::move(stream_link)),
      owner_(owner),
      timer_(loop, [this] { on_due(); }),
      posts_(loop) {
  connection_->start(*this);
  flush_later();
  arm();
}

LinkedConnection::~LinkedConnection() {
  if (!has_ended_) connection_->abort();
}

Status LinkedConnection::send(ByteView frame) {
  TAUT_CHECK(link_.send(frame));
  queued_bytes_ += frame.size();
  flush_later();
  return {};
}

void LinkedConnection::close() {
  link_.close(Loop::now());
  flush_later();
}

void LinkedConnection::rest() {
  link_.rest();
  if (events_.empty()) events_ = {};
}

void LinkedConnection::on_bytes(ByteView bytes) {
  link_.receive(bytes, Loop::now(), events_);
  act_on_events();
  flush();
}

void LinkedConnection::on_written() {
  if (const std::size_t taken = std::exchange(written_bytes_, 0); taken > 0) owner_.on_sent(taken);
  flush();
}

void LinkedConnection::on_closed() {
  link_.receive_end(events_);
  act_on_events();
  flush();
}

void LinkedConnection::on_due() {
  const auto stalled = connection_->stalled_since();
  if (stalled && Loop::now() >= *stalled + kStalledMax)
    return end({link::Ending::late, {Errc::unavailable, reasons::kDeadline}});
  link_.tick(Loop::now(), events_);
  act_on_events();
  flush();
}

void LinkedConnection::act_on_events() {
  for (const link::Event& event : events_) {
    if (has_ended_) break;
    if (const auto* proven = std::get_if<link::PeerAuthenticated>(&event))
      owner_.on_authenticated(proven->peer);
    if (const auto* received = std::get_if<link::FrameReceived>(&event)) owner_.on_frame(received->frame);
    if (const auto* closed = std::get_if<link::Closed>(&event)) {
      // The link may have something left to say, a refusal perhaps; if it cannot, it ends all the same.
      (void)seal_waiting();
      end(*closed);
    }
  }
  events_.clear();
}

void LinkedConnection::flush_later() {
  if (std::exchange(will_flush_, true)) return;
  posts_.post([this] { flush(); });
}

void LinkedConnection::flush() {
  will_flush_ = false;
  if (has_ended_) return;
  // One batch at a time: what comes while the carrier is busy waits in the link, and shares records.
  if (connection_->waiting_bytes() == 0) {
    if (const auto sealed = seal_waiting(); !sealed) return end({link::Ending::broken, sealed.error()});
  }
  if (link_.is_over() && connection_->waiting_bytes() == 0)
    end({link::Ending::cut, {Errc::unavailable, reasons::kCut}});
  arm();
}

Status LinkedConnection::seal_waiting() {
  static thread_local std::array<Byte, link::kFlushBytesMin> record;  // too large for the stack
  while (link_.wants_flush()) {
    TAUT_TRY(const std::size_t size, link_.flush(record, Loop::now()));
    connection_->send(to_bytes(ByteView(record).first(size)));
  }
  written_bytes_ += std::exchange(queued_bytes_, 0);
  return {};
}

void LinkedConnection::end(const link::Closed& closed) {
  if (std::exchange(has_ended_, true)) return;
  timer_.arm(std::nullopt);
  connection_->close();
  owner_.on_ended(closed);
}

void LinkedConnection::arm() {
  if (has_ended_) return;
  auto at = link_.next_deadline();
  if (const auto stalled = connection_->stalled_since(); stalled && (!at || *stalled + kStalledMax < *at))
    at = *stalled + kStalledMax;
  timer_.arm_by(at);
}

}  // namespace taut::run
