#include "run/datagram_socket.hpp"

#include "link/reasons.hpp"
#include "run/clocks.hpp"
#include "run/datagram_connection.hpp"

namespace taut::run {

using carrier::Loop;
using carrier::UdpSocket;
using datagram::LinkId;
using datagram::PeerAddress;

namespace {

/// How often links with something to send are looked at: fine enough for kStalledMax.
constexpr std::chrono::seconds kStallCheck{5};

}  // namespace

DatagramSocket::DatagramSocket(Loop& loop, const link::Local& local, link::Purposes served, Accept accept)
    : endpoint_(local, served),
      queue_bytes_max_(local.limits.queue_bytes_max),
      accept_(std::move(accept)),
      timer_(loop, [this] { on_due(); }),
      posts_(loop) {}

DatagramSocket::~DatagramSocket() { send_due(); }

Result<std::unique_ptr<DatagramSocket>> DatagramSocket::bind(Loop& loop, const carrier::Address& at,
                                                             const link::Local& local, link::Purposes served,
                                                             Accept accept) {
  std::unique_ptr<DatagramSocket> bound(new DatagramSocket(loop, local, served, std::move(accept)));
  // Who serves may have many addresses; who calls may move from one to the other.
  const auto source = bound->accept_ ? UdpSocket::Source::asked : UdpSocket::Source::routed;
  TAUT_TRY(bound->socket_, UdpSocket::bind(loop, at, bound->receiver(), source));
  return bound;
}

Result<std::unique_ptr<DatagramSocket>> DatagramSocket::adopt(Loop& loop, int socket,
                                                              const link::Local& local, link::Purposes served,
                                                              Accept accept) {
  std::unique_ptr<DatagramSocket> adopted(new DatagramSocket(loop, local, served, std::move(accept)));
  TAUT_TRY(adopted->socket_, UdpSocket::adopt(loop, socket, adopted->receiver(), UdpSocket::Source::asked));
  return adopted;
}

UdpSocket::Receive DatagramSocket::receiver() {
  return [this](const PeerAddress& from, ByteView bytes) { receive(from, bytes); };
}

Result<LinkId> DatagramSocket::dial(const link::Remote& remote, link::Purpose purpose,
                                    const PeerAddress& to) {
  auto link = endpoint_.dial(remote, purpose, to, Loop::now(), wall_time());
  flush_later();
  return link;
}

void DatagramSocket::believe_refusals() {
  socket_->listen_for_refusals([this] { end_unanswered(); });
}

void DatagramSocket::end_unanswered() {
  std::vector<LinkId> unanswered;
  for (const auto& [id, connection] : connections_)
    if (connection->phase_ == DatagramConnection::Phase::handshaking) unanswered.push_back(id);
  for (const LinkId id : unanswered) {
    endpoint_.close(id, Loop::now());
    if (DatagramConnection* const connection = find(id))
      connection->end({link::Ending::cut, {Errc::unavailable, reasons::kNobodyListens}});
  }
}

DatagramConnection* DatagramSocket::find(LinkId link) {
  const auto found = connections_.find(link);
  return found == connections_.end() ? nullptr : found->second;
}

void DatagramSocket::receive(const PeerAddress& from, ByteView bytes) {
  const LinkId link = endpoint_.receive(from, bytes, Loop::now(), wall_time(), events_);
  if (busy_.contains(link)) touched_.insert(link);
  flush_later();
  act_on(events_);
  events_.clear();
}

void DatagramSocket::act_on(const datagram::LinkEvents& events) {
  for (const datagram::LinkEvent& one : events) {
    const auto* const begun = std::get_if<link::PeerAuthenticated>(&one.event);
    if (DatagramConnection* const connection = find(one.link)) {
      connection->on_event(one.event);
    } else if (begun != nullptr) {
      if (accept_) accept_(one.link, begun->peer);
      if (find(one.link) == nullptr) endpoint_.abandon(one.link, Loop::now());
    }
  }
}

void DatagramSocket::on_due() {
  const Instant now = Loop::now();
  endpoint_.tick(now, wall_time(), events_);
  act_on(events_);
  events_.clear();
  if (!busy_.empty() && now >= stall_check_at_) cut_off_stalled(now);
  flush();
}

void DatagramSocket::note_busy(LinkId link) {
  if (busy_.empty()) stall_check_at_ = Loop::now() + kStallCheck;
  busy_.insert(link);
}

void DatagramSocket::cut_off_stalled(Instant now) {
  stall_check_at_ = now + kStallCheck;
  std::vector<LinkId> stalled;
  for (const LinkId id : busy_)
    if (connections_.at(id)->is_stalled(now)) stalled.push_back(id);
  for (const LinkId id : stalled) {
    endpoint_.abandon(id, now);
    if (DatagramConnection* const connection = find(id))
      connection->end({link::Ending::late, {Errc::unavailable, reasons::kDeadline}});
  }
}

void DatagramSocket::flush_later() {
  if (std::exchange(will_flush_, true)) return;
  posts_.post([this] { flush(); });
}

void DatagramSocket::flush() {
  will_flush_ = false;
  for (const LinkId id : std::exchange(touched_, {}))
    if (DatagramConnection* const connection = find(id)) connection->go_on();
  send_due();
  timer_.arm_by(endpoint_.next_deadline());
  if (!busy_.empty()) timer_.arm_by(stall_check_at_);
}

void DatagramSocket::send_due() {
  PeerAddress to;
  while (socket_ && endpoint_.next_datagram(to, out_, Loop::now())) socket_->send(to, out_);
}

}  // namespace taut::run
