#include "carrier/udp.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <boost/asio/ip/udp.hpp>

#include "carrier/asio.hpp"
#include "carrier/tcp_connection.hpp"

namespace taut::carrier {

using asio::ip::udp;
using datagram::PeerAddress;

namespace {

/// Datagrams read in one turn of the loop: others want their turn too.
constexpr int kTurnMax = 64;
/// The system's buffers: a burst of many links has to fit.
constexpr int kBufferBytes = 4 * 1024 * 1024;

PeerAddress peer_of(const udp::endpoint& endpoint) {
  PeerAddress peer;
  const asio::ip::address address = endpoint.address();
  peer.ip = address.is_v6() ? address.to_v6().to_bytes()
                            : asio::ip::make_address_v6(asio::ip::v4_mapped, address.to_v4()).to_bytes();
  peer.port = endpoint.port();
  return peer;
}

asio::ip::address ip_of(const PeerAddress& peer) {
  const asio::ip::address_v6 v6(peer.ip);
  if (!v6.is_v4_mapped()) return v6;
  return asio::ip::make_address_v4(asio::ip::v4_mapped, v6);
}

Result<udp::endpoint> udp_endpoint(const Address& at) {
  if (at.host == "localhost") return udp::endpoint(asio::ip::address_v4::loopback(), at.port);
  boost::system::error_code error;
  const auto address = asio::ip::make_address(at.host, error);
  if (error) return malformed();
  return udp::endpoint(address, at.port);
}

}  // namespace

struct UdpSocket::State {
  State(Loop& its_loop, Receive on_receive)
      : loop(its_loop), socket(its_loop.state().context), receive(std::move(on_receive)) {}

  Status open(const udp::endpoint& at);
  static asio::awaitable<void> read_what_comes(std::shared_ptr<State> self);
  void read_turn();
  void listen_for_refusals();
  void forget_reports();

  Loop& loop;
  udp::socket socket;
  Receive receive;
  Refused refused;
  Address address;
};

Status UdpSocket::State::open(const udp::endpoint& at) {
  boost::system::error_code error;
  socket.open(at.protocol(), error);
  if (!error) socket.bind(at, error);
  if (!error) socket.non_blocking(true, error);
  if (error) return std::unexpected(error_of(error));
  // As large as the system lets us: smaller ones lose packets under load, and nothing else.
  boost::system::error_code ignored;
  socket.set_option(asio::socket_base::receive_buffer_size(kBufferBytes), ignored);
  socket.set_option(asio::socket_base::send_buffer_size(kBufferBytes), ignored);
  const udp::endpoint local = socket.local_endpoint(ignored);
  address = {local.address().to_string(), local.port()};
  return {};
}

asio::awaitable<void> UdpSocket::State::read_what_comes(std::shared_ptr<State> self) {
  while (self->socket.is_open()) {
    const auto [error] = co_await self->socket.async_wait(udp::socket::wait_read, kAwait);
    if (!error) self->read_turn();
  }
}

void UdpSocket::State::read_turn() {
  const auto buffer = asio::buffer(loop.state().read_buffer);
  udp::endpoint from;
  for (int i = 0; i < kTurnMax && socket.is_open() && receive; ++i) {
    boost::system::error_code error;
    const std::size_t size = socket.receive_from(buffer, from, 0, error);
    // A port that nobody has is reported on the next read, whoever asked: not a reason to stop.
    if (error == asio::error::connection_refused) {
      forget_reports();
      if (refused) refused();
      continue;
    }
    if (error) return;
    receive(peer_of(from), ByteView(loop.state().read_buffer).first(size));
  }
}

// Linux tells of refusals on a socket that is not connected only when asked (ip(7), IP_RECVERR), and then
// keeps each with its details until somebody fetches them.
void UdpSocket::State::listen_for_refusals() {
  const int on = 1;
  const bool is_v6 = address.host.find(':') != std::string::npos;
  ::setsockopt(socket.native_handle(), is_v6 ? IPPROTO_IPV6 : IPPROTO_IP, is_v6 ? IPV6_RECVERR : IP_RECVERR,
               &on, sizeof on);
}

void UdpSocket::State::forget_reports() {
  msghdr nothing{};
  while (::recvmsg(socket.native_handle(), &nothing, MSG_ERRQUEUE | MSG_DONTWAIT) >= 0) {
  }
}

UdpSocket::UdpSocket(std::shared_ptr<State> state) : state_(std::move(state)) {}

UdpSocket::~UdpSocket() {
  state_->receive = nullptr;
  state_->refused = nullptr;
  boost::system::error_code ignored;
  state_->socket.close(ignored);
}

const Address& UdpSocket::address() const { return state_->address; }

void UdpSocket::send(const PeerAddress& to, ByteView datagram) {
  boost::system::error_code ignored;
  state_->socket.send_to(asio::buffer(datagram.data(), datagram.size()), {ip_of(to), to.port}, 0, ignored);
}

void UdpSocket::listen_for_refusals(Refused refused) {
  state_->refused = std::move(refused);
  state_->listen_for_refusals();
}

Result<std::unique_ptr<UdpSocket>> UdpSocket::bind(Loop& loop, const Address& at, Receive receive) {
  TAUT_TRY(const udp::endpoint endpoint, udp_endpoint(at));
  auto state = std::make_shared<State>(loop, std::move(receive));
  TAUT_CHECK(state->open(endpoint));
  asio::co_spawn(loop.state().context, State::read_what_comes(state), asio::detached);
  return std::unique_ptr<UdpSocket>(new UdpSocket(std::move(state)));
}

namespace {

asio::awaitable<void> resolve(udp::resolver resolver, Address host, Resolved resolved) {
  const std::string service = std::to_string(host.port);
  const auto [error, found] = co_await resolver.async_resolve(host.host, service, kAwait);
  std::vector<PeerAddress> peers;
  for (const auto& entry : found) peers.push_back(peer_of(entry.endpoint()));
  if (error || peers.empty()) {
    resolved(fail(Errc::unavailable, reasons::kNameNotFound));
  } else {
    resolved(std::move(peers));
  }
}

}  // namespace

void resolve_udp(Loop& loop, const Address& host, Resolved resolved) {
  udp::resolver resolver(loop.state().context);
  asio::co_spawn(loop.state().context, resolve(std::move(resolver), host, std::move(resolved)),
                 asio::detached);
}

Address address_of(const PeerAddress& address) { return {ip_of(address).to_string(), address.port}; }

}  // namespace taut::carrier
