#include "sim/socket.hpp"

#include "link/reasons.hpp"

namespace taut::sim {

namespace {

std::string_view datagram_end_name(link::Ending ending) {
  constexpr std::array<std::string_view, 5> kNames{"datagram clean", "datagram cut", "datagram refused",
                                                   "datagram broken", "datagram late"};
  return kNames[static_cast<std::size_t>(ending)];
}

}  // namespace

// ---------------------------------------------------------------------- a link

DatagramHop::~DatagramHop() {
  if (socket_ == nullptr) return;
  if (!is_closing_) socket_->close(link_);
  socket_->forget(link_);
}

Status DatagramHop::send(ByteView frame) {
  if (socket_ == nullptr || is_closing_) return fail(Errc::unavailable, reasons::kEnded);
  queue_.push_back(to_bytes(frame));
  socket_->pump_later();
  return {};
}

void DatagramHop::close() {
  if (std::exchange(is_closing_, true) || socket_ == nullptr) return;
  socket_->pump_later();
}

/// What the endpoint has room for; the end, when nothing waits.
void DatagramHop::hand_over() {
  std::size_t taken = 0;
  while (!queue_.empty()) {
    const Status sent = socket_->endpoint_.send(link_, queue_.front());
    if (!sent && sent.error().code == Errc::exhausted) break;
    taken += queue_.front().size();
    queue_.pop_front();
  }
  if (queue_.empty() && is_closing_) socket_->endpoint_.close(link_, socket_->process_.site().now());
  if (taken > 0) owner().on_sent(*this, taken);
}

// ---------------------------------------------------------------------- the socket

Socket::Socket(Process& process, const link::Local& local, link::Purposes served, unsigned move,
               Accept accept)
    : process_(process),
      address_(address_of(process.site().id, move)),
      endpoint_(local, served),
      accept_(std::move(accept)),
      alarm_(process.site().schedule, [this] { on_due(); }) {
  process_.site().network.bind(address_, *this);
}

Socket::~Socket() {
  if (!process_.is_dead()) process_.site().network.unbind(address_);
  for (auto& [link, hop] : hops_) hop->socket_ = nullptr;
}

std::shared_ptr<DatagramHop> Socket::dial(Hop::Owner& owner, const link::Remote& remote, MachineId to) {
  const Site& site = process_.site();
  const auto link =
      endpoint_.dial(remote, link::Purpose::dispatcher, address_of(to), site.now(), site.wall());
  if (!link) return nullptr;
  auto hop = std::make_shared<DatagramHop>(*this, *link, owner);
  hops_[*link] = hop.get();
  pump_later();
  return hop;
}

void Socket::roam(unsigned move) {
  process_.site().network.unbind(address_);
  address_ = address_of(process_.site().id, move);
  process_.site().network.bind(address_, *this);
}

void Socket::close(datagram::LinkId link) {
  endpoint_.close(link, process_.site().now());
  pump_later();
}

void Socket::on_datagram(const PeerAddress& from, ByteView bytes) {
  if (process_.is_dead()) return;
  datagram::LinkEvents events;
  endpoint_.receive(from, bytes, process_.site().now(), process_.site().wall(), events);
  if (received) received(from, bytes);
  act(std::move(events));
}

void Socket::on_due() {
  if (process_.is_dead()) return;
  datagram::LinkEvents events;
  endpoint_.tick(process_.site().now(), process_.site().wall(), events);
  act(std::move(events));
}

void Socket::act(datagram::LinkEvents events) {
  // A frame points into its session, which its owner's answers may move: copied first.
  std::vector<Bytes> frames;
  for (datagram::LinkEvent& one : events)
    if (auto* frame = std::get_if<link::FrameReceived>(&one.event))
      frame->frame = frames.emplace_back(to_bytes(frame->frame));
  for (const datagram::LinkEvent& one : events) {
    if (process_.is_dead()) return;
    act(one.link, one.event);
  }
  pump();
}

void Socket::act(datagram::LinkId link, const link::Event& event) {
  if (std::holds_alternative<link::PeerAuthenticated>(event) && !hops_.contains(link) && accept_) {
    if (const auto hop = accept_(link)) hops_[link] = hop.get();
  }
  const auto found = hops_.find(link);
  if (found == hops_.end()) return;
  DatagramHop& hop = *found->second;
  if (const auto* proven = std::get_if<link::PeerAuthenticated>(&event)) hop.owner().on_up(hop, proven->peer);
  if (const auto* said = std::get_if<link::FrameReceived>(&event)) hop.owner().on_frame(hop, said->frame);
  if (const auto* closed = std::get_if<link::Closed>(&event)) {
    process_.site().chronicle.hit("link ended", datagram_end_name(closed->ending));
    process_.site().chronicle.hit("link ended because", closed->error.reason.name);
    hop.socket_ = nullptr;
    hops_.erase(link);
    hop.owner().on_down(hop, closed->error);
  }
}

void Socket::pump_later() {
  if (std::exchange(will_pump_, true)) return;
  process_.post([this] { pump(); });
}

void Socket::pump() {
  will_pump_ = false;
  if (process_.is_dead()) return;
  std::vector<datagram::LinkId> links;
  for (const auto& [link, hop] : hops_) links.push_back(link);
  for (const datagram::LinkId link : links)
    if (const auto found = hops_.find(link); found != hops_.end()) found->second->hand_over();
  PeerAddress to;
  for (Bytes out; endpoint_.next_datagram(to, out, process_.site().now());)
    process_.site().network.send(address_, to, out);
  alarm_.arm(endpoint_.next_deadline());
}

}  // namespace taut::sim
