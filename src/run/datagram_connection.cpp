#include "run/datagram_connection.hpp"

#include "link/reasons.hpp"

namespace taut::run {

using carrier::Loop;

DatagramConnection::DatagramConnection(DatagramSocket& socket, datagram::LinkId link, Owner& owner)
    : socket_(socket), link_(link), owner_(owner) {
  if (socket_.endpoint_.peer(link_) != nullptr) phase_ = Phase::open;
  socket_.connections_[link_] = this;
}

DatagramConnection::~DatagramConnection() {
  if (phase_ != Phase::ended) socket_.endpoint_.abandon(link_, Loop::now());
  socket_.connections_.erase(link_);
  socket_.busy_.erase(link_);
  socket_.flush_later();
}

Status DatagramConnection::send(ByteView frame) {
  if (phase_ == Phase::closing || phase_ == Phase::ended) return fail(Errc::unavailable, reasons::kEnded);
  if (frame.empty()) return fail(Errc::misuse, reasons::kBadFrame);
  if (frame.size() > link::kFrameBytesMax) return fail(Errc::misuse, reasons::kTooLarge);
  if (queued_bytes_ + frame.size() > socket_.queue_bytes_max_)
    return fail(Errc::exhausted, reasons::kQueueFull);
  if (!queue_.empty() || !socket_.endpoint_.send(link_, frame)) {
    queue_.push_back(to_bytes(frame));
    queued_bytes_ += frame.size();
  }
  unsent_bytes_ += frame.size();
  if (!stalled_since_) stalled_since_ = Loop::now();
  socket_.note_busy(link_);
  socket_.flush_later();
  return {};
}

void DatagramConnection::close() {
  if (phase_ == Phase::handshaking) {
    socket_.endpoint_.close(link_, Loop::now());
    socket_.posts_.post([socket = &socket_, link = link_] {
      if (DatagramConnection* const self = socket->find(link))
        self->end({link::Ending::cut, {Errc::unavailable, reasons::kCut}});
    });
  }
  if (phase_ != Phase::open) return;
  phase_ = Phase::closing;
  go_on();
  socket_.flush_later();
}

void DatagramConnection::pause_reading() { socket_.endpoint_.pause(link_); }

void DatagramConnection::resume_reading() {
  // Frames that waited come from the loop, never from the call that lets them.
  socket_.posts_.post([socket = &socket_, link = link_] {
    datagram::LinkEvents events;
    socket->endpoint_.resume(link, Loop::now(), events);
    socket->act_on(events);
    socket->flush();
  });
}

carrier::Address DatagramConnection::remote_address() const {
  const datagram::PeerAddress* const address = socket_.endpoint_.address(link_);
  return address == nullptr ? carrier::Address{} : carrier::address_of(*address);
}

void DatagramConnection::on_event(const link::Event& event) {
  if (phase_ == Phase::ended) return;
  if (const auto* proven = std::get_if<link::PeerAuthenticated>(&event)) {
    phase_ = Phase::open;
    push_queued();
    owner_.on_authenticated(proven->peer);
  }
  if (const auto* received = std::get_if<link::FrameReceived>(&event)) owner_.on_frame(received->frame);
  if (const auto* closed = std::get_if<link::Closed>(&event)) end(*closed);
}

void DatagramConnection::go_on() {
  if (phase_ == Phase::ended) return;
  push_queued();
  report_sent();
  if (phase_ == Phase::closing && queue_.empty()) socket_.endpoint_.close(link_, Loop::now());
}

void DatagramConnection::push_queued() {
  while (!queue_.empty() && socket_.endpoint_.send(link_, queue_.front())) {
    queued_bytes_ -= queue_.front().size();
    queue_.pop_front();
  }
}

void DatagramConnection::report_sent() {
  const std::size_t waiting = waiting_bytes();
  if (waiting >= unsent_bytes_) return;
  const std::size_t sent = unsent_bytes_ - waiting;
  unsent_bytes_ = waiting;
  stalled_since_ = Loop::now();
  if (waiting == 0) {
    stalled_since_.reset();
    socket_.busy_.erase(link_);
  }
  owner_.on_sent(sent);
}

void DatagramConnection::end(const link::Closed& closed) {
  if (std::exchange(phase_, Phase::ended) == Phase::ended) return;
  queue_.clear();
  socket_.busy_.erase(link_);
  owner_.on_ended(closed);
}

}  // namespace taut::run
