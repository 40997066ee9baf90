#include "run/dispatcher_link.hpp"

#include <algorithm>

#include "carrier/tcp.hpp"
#include "link/reasons.hpp"
#include "run/clocks.hpp"
#include "run/datagram_connection.hpp"
#include "run/linked_connection.hpp"
#include "run/log.hpp"

namespace taut::run {

using carrier::Loop;
using datagram::PeerAddress;
using identity::Carrier;

namespace {

constexpr Error kHungUp{Errc::unavailable, reasons::kEnded};
constexpr Error kTooLate{Errc::unavailable, reasons::kDeadline};

bool is_spoken(const identity::Address& address) {
  return address.carrier == Carrier::tcp || address.carrier == Carrier::udp;
}

/// Where a datagram to this address may come from.
carrier::Address any_address_for(const PeerAddress& to) {
  const bool is_v6 = carrier::address_of(to).host.find(':') != std::string::npos;
  return {is_v6 ? "::" : "0.0.0.0", 0};
}

}  // namespace

DispatcherLink::DispatcherLink(Loop& loop, const link::Local& local, identity::Dispatcher dispatcher,
                               Owner& owner, Caller caller)
    : loop_(loop),
      local_(local),
      dispatcher_(std::move(dispatcher)),
      owner_(owner),
      caller_(caller),
      attempt_(loop, [this] { try_next(kTooLate); }),
      posts_(loop) {
  std::erase_if(dispatcher_.addresses, [](const auto& address) { return !is_spoken(address); });
  posts_.post([this] { dial_next(); });
}

Result<link::Remote> DispatcherLink::remote() const {
  if (caller_ == Caller::anonymous) return link::anonymous_remote_of(dispatcher_);
  return link::remote_of(dispatcher_, local_.identity);
}

// ---------------------------------------------------------------------- one address after the other

void DispatcherLink::dial_next() {
  if (has_hung_up_) return;
  link_.reset();
  socket_.reset();
  if (!resolved_.empty()) {
    const PeerAddress to = resolved_.back();
    resolved_.pop_back();
    return dial_datagrams(to);
  }
  if (next_address_ == dispatcher_.addresses.size())
    return end(first_error_.value_or(Error{Errc::unavailable, reasons::kNoRoute}));
  const identity::Address& address = dispatcher_.addresses[next_address_++];
  const carrier::Address to{address.host, address.port};
  if (address.carrier == Carrier::udp) return dial_datagrams(to);
  dial_stream(to);
}

bool DispatcherLink::is_last() const {
  return resolved_.empty() && next_address_ == dispatcher_.addresses.size();
}

/// The link that failed may be what is calling: it goes later.
void DispatcherLink::try_next(const Error& why) {
  attempt_.arm(std::nullopt);
  if (!first_error_) first_error_ = why;
  if (is_logging()) log("link_failed", {{"node", short_id(node_id())}, {"reason", why.reason.name}});
  if (std::exchange(is_trying_next_, true)) return;
  posts_.post([this] {
    is_trying_next_ = false;
    if (has_hung_up_) return end(kHungUp);
    if (!is_authenticated_) dial_next();
  });
}

void DispatcherLink::dial_stream(const carrier::Address& to) {
  carrier::dial_tcp(loop_, to, Loop::now() + kDialDeadline,
                    [this, alive = alive_](Result<std::shared_ptr<carrier::Connection>> dialled) {
                      if (*alive) on_dialled(std::move(dialled));
                    });
}

void DispatcherLink::on_dialled(Result<std::shared_ptr<carrier::Connection>> dialled) {
  if (!dialled) return try_next(dialled.error());
  const auto whom = remote();
  if (!whom) return end(whom.error());
  auto stream_link =
      link::StreamLink::dial(local_, *whom, link::Purpose::dispatcher, Loop::now(), wall_time());
  if (!stream_link) return end(stream_link.error());
  link_ = std::make_unique<LinkedConnection>(loop_, *std::move(dialled), *std::move(stream_link), *this);
}

void DispatcherLink::dial_datagrams(const carrier::Address& to) {
  carrier::resolve_udp(loop_, to, [this, alive = alive_](Result<std::vector<PeerAddress>> found) {
    if (*alive) on_resolved(std::move(found));
  });
}

void DispatcherLink::on_resolved(Result<std::vector<PeerAddress>> found) {
  if (!found) return try_next(found.error());
  resolved_ = *std::move(found);
  std::ranges::reverse(resolved_);
  dial_next();
}

void DispatcherLink::dial_datagrams(const PeerAddress& to) {
  const auto whom = remote();
  if (!whom) return end(whom.error());
  auto socket = DatagramSocket::bind(loop_, any_address_for(to), local_, {}, nullptr);
  if (!socket) return try_next(socket.error());
  socket_ = *std::move(socket);
  const auto dialled = socket_->dial(*whom, link::Purpose::dispatcher, to);
  if (!dialled) return end(dialled.error());
  link_ = std::make_unique<DatagramConnection>(*socket_, *dialled, *this);
  socket_->believe_refusals();
  if (!is_last()) attempt_.arm(Loop::now() + local_.limits.handshake_deadline);
}

// ---------------------------------------------------------------------- a link

Status DispatcherLink::send(ByteView frame) {
  if (!link_) return fail(kHungUp.code, kHungUp.reason);
  return link_->send(frame);
}

void DispatcherLink::hang_up() {
  if (std::exchange(has_hung_up_, true)) return;
  attempt_.arm(std::nullopt);
  if (is_trying_next_) return;
  if (link_) return link_->close();
  *alive_ = false;  // a dial that is under way is nobody's now
  posts_.post([this] { end(kHungUp); });
}

void DispatcherLink::end(const Error& why) {
  if (is_logging()) log("link_closed", {{"node", short_id(node_id())}, {"reason", why.reason.name}});
  owner_.on_disconnected(*this, why);
}

void DispatcherLink::on_authenticated(const link::Peer& peer) {
  attempt_.arm(std::nullopt);
  is_authenticated_ = true;
  session_ = peer.session_id;
  if (is_logging()) log("link_open", {{"node", short_id(*peer.node_id)}});
  if (!has_hung_up_) owner_.on_connected(*this);
}

void DispatcherLink::on_frame(ByteView frame) {
  if (!has_hung_up_) owner_.on_frame(*this, frame);
}

// Silence and cuts are the network's, and another address may be better off. What somebody said there is
// an answer.
void DispatcherLink::on_ended(const link::Closed& closed) {
  const bool is_the_network = closed.ending == link::Ending::late || closed.ending == link::Ending::cut;
  if (!is_authenticated_ && !has_hung_up_ && is_the_network) return try_next(closed.error);
  end(closed.error);
}

}  // namespace taut::run
