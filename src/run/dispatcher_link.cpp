#include "run/dispatcher_link.hpp"

#include "carrier/tcp.hpp"
#include "link/reasons.hpp"
#include "run/clocks.hpp"
#include "run/log.hpp"

namespace taut::run {

using carrier::Loop;

namespace {

constexpr Error kHungUp{Errc::unavailable, reasons::kEnded};

Result<link::StreamLink> dial_link(const link::Local& local, const identity::Dispatcher& dispatcher) {
  TAUT_TRY(const link::Remote remote, link::remote_of(dispatcher, local.identity));
  return link::StreamLink::dial(local, remote, link::Purpose::dispatcher, Loop::now(), wall_time());
}

}  // namespace

DispatcherLink::DispatcherLink(Loop& loop, const link::Local& local, identity::Dispatcher dispatcher,
                               Owner& owner)
    : loop_(loop),
      local_(local),
      dispatcher_(std::move(dispatcher)),
      owner_(owner),
      last_error_{Errc::unavailable, reasons::kNoRoute},
      posts_(loop) {
  posts_.post([this] { dial_next(); });
}

void DispatcherLink::dial_next() {
  const auto& addresses = dispatcher_.addresses;
  while (next_address_ < addresses.size() && addresses[next_address_].carrier != identity::Carrier::tcp)
    ++next_address_;
  if (has_hung_up_ || next_address_ == addresses.size()) return end(last_error_);
  const identity::Address& address = addresses[next_address_++];
  carrier::dial_tcp(loop_, {address.host, address.port}, Loop::now() + kDialDeadline,
                    [this, alive = alive_](Result<std::shared_ptr<carrier::Connection>> dialled) {
                      if (*alive) on_dialled(std::move(dialled));
                    });
}

void DispatcherLink::on_dialled(Result<std::shared_ptr<carrier::Connection>> dialled) {
  if (!dialled) {
    last_error_ = dialled.error();
    return dial_next();
  }
  auto stream_link = dial_link(local_, dispatcher_);
  if (!stream_link) return end(stream_link.error());
  linked_ = std::make_unique<LinkedConnection>(loop_, *std::move(dialled), *std::move(stream_link), *this);
}

Status DispatcherLink::send(ByteView frame) {
  if (!linked_) return fail(kHungUp.code, kHungUp.reason);
  return linked_->send(frame);
}

void DispatcherLink::hang_up() {
  if (std::exchange(has_hung_up_, true)) return;
  if (linked_) return linked_->close();
  *alive_ = false;  // a dial that is under way is nobody's now
  posts_.post([this] { end(kHungUp); });
}

void DispatcherLink::end(const Error& why) {
  if (is_logging()) log("link_closed", {{"node", short_id(node_id())}, {"reason", why.reason.name}});
  owner_.on_disconnected(*this, why);
}

void DispatcherLink::on_authenticated(const link::Peer& peer) {
  if (is_logging()) log("link_open", {{"node", short_id(peer.node_id)}});
  if (!has_hung_up_) owner_.on_connected(*this);
}

void DispatcherLink::on_frame(ByteView frame) {
  if (!has_hung_up_) owner_.on_frame(*this, frame);
}

void DispatcherLink::on_ended(const link::Closed& closed) { end(closed.error); }

}  // namespace taut::run
