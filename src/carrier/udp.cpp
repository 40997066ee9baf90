#include "carrier/udp.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>

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

/// Room for one address beside a datagram (ip(7) IP_PKTINFO, ipv6(7) IPV6_PKTINFO).
union Beside {
  cmsghdr header;
  std::array<char, CMSG_SPACE(sizeof(in6_pktinfo))> bytes{};
};
constexpr std::array<Byte, 12> kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

template <class Info>
Info info_in(const cmsghdr& header) {
  Info info;
  std::memcpy(&info, CMSG_DATA(&header), sizeof info);
  return info;
}

/// Our own address that a datagram came to; zeros: not told.
std::array<Byte, 16> asked_address(msghdr& message) {
  std::array<Byte, 16> ip{};
  for (const cmsghdr* one = CMSG_FIRSTHDR(&message); one != nullptr;
       one = CMSG_NXTHDR(&message, const_cast<cmsghdr*>(one))) {
    if (one->cmsg_level == IPPROTO_IPV6 && one->cmsg_type == IPV6_PKTINFO) {
      const in6_addr v6 = info_in<in6_pktinfo>(*one).ipi6_addr;
      std::memcpy(ip.data(), &v6, ip.size());
    }
    if (one->cmsg_level == IPPROTO_IP && one->cmsg_type == IP_PKTINFO) {
      const in_addr v4 = info_in<in_pktinfo>(*one).ipi_spec_dst;
      std::ranges::copy(kMappedPrefix, ip.begin());
      std::memcpy(ip.data() + kMappedPrefix.size(), &v4, sizeof v4);
    }
  }
  return ip;
}

template <class Info>
void put_beside(msghdr& message, int level, int type, const Info& info) {
  message.msg_controllen = CMSG_SPACE(sizeof info);
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = level;
  header->cmsg_type = type;
  header->cmsg_len = CMSG_LEN(sizeof info);
  std::memcpy(CMSG_DATA(header), &info, sizeof info);
}

/// Says which address of ours a datagram is to leave from.
void put_source(msghdr& message, const std::array<Byte, 16>& ip, int family) {
  if (family == AF_INET6) {
    in6_pktinfo info{};
    std::memcpy(&info.ipi6_addr, ip.data(), ip.size());
    return put_beside(message, IPPROTO_IPV6, IPV6_PKTINFO, info);
  }
  in_pktinfo info{};
  std::memcpy(&info.ipi_spec_dst, ip.data() + kMappedPrefix.size(), sizeof info.ipi_spec_dst);
  put_beside(message, IPPROTO_IP, IP_PKTINFO, info);
}

}  // namespace

struct UdpSocket::State {
  State(Loop& its_loop, Receive on_receive, Source its_source)
      : loop(its_loop),
        socket(its_loop.state().context),
        receive(std::move(on_receive)),
        source(its_source) {}

  Status open(const udp::endpoint& at);
  Status adopt(int descriptor);
  Status prepare();
  /// @return  what came; negative: nothing, or an error of the system's
  ssize_t receive_one(std::span<Byte> buffer, PeerAddress& from);
  bool send_one(const udp::endpoint& to, ByteView datagram, const std::array<Byte, 16>* from);
  static asio::awaitable<void> read_what_comes(std::shared_ptr<State> self);
  void read_turn();
  void listen_for_refusals();
  void forget_reports();

  Loop& loop;
  udp::socket socket;
  Receive receive;
  Refused refused;
  Source source;
  int family = AF_INET;
  Address address;
};

Status UdpSocket::State::open(const udp::endpoint& at) {
  boost::system::error_code error;
  socket.open(at.protocol(), error);
  if (!error) socket.bind(at, error);
  if (error) return std::unexpected(error_of(error));
  return prepare();
}

Status UdpSocket::State::adopt(int descriptor) {
  sockaddr_storage name{};
  socklen_t size = sizeof name;
  int kind = 0;
  socklen_t kind_size = sizeof kind;
  const bool is_ours = ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&name), &size) == 0 &&
                       (name.ss_family == AF_INET || name.ss_family == AF_INET6) &&
                       ::getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &kind, &kind_size) == 0;
  if (!is_ours || kind != SOCK_DGRAM) return fail(Errc::unavailable, reasons::kNotListening);
  boost::system::error_code error;
  const int copy = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  socket.assign(name.ss_family == AF_INET6 ? udp::v6() : udp::v4(), copy, error);
  if (error) return std::unexpected(error_of(error));
  TAUT_CHECK(prepare());
  if (address.port == 0) return fail(Errc::unavailable, reasons::kNotListening);
  return {};
}

Status UdpSocket::State::prepare() {
  boost::system::error_code error;
  socket.non_blocking(true, error);
  if (error) return std::unexpected(error_of(error));
  // As large as the system lets us: smaller ones lose packets under load, and nothing else.
  boost::system::error_code ignored;
  socket.set_option(asio::socket_base::receive_buffer_size(kBufferBytes), ignored);
  socket.set_option(asio::socket_base::send_buffer_size(kBufferBytes), ignored);
  const udp::endpoint local = socket.local_endpoint(ignored);
  address = {local.address().to_string(), local.port()};
  family = local.address().is_v6() ? AF_INET6 : AF_INET;
  if (source == Source::routed) return {};
  const int on = 1;
  const bool is_v6 = family == AF_INET6;
  const int told = ::setsockopt(socket.native_handle(), is_v6 ? IPPROTO_IPV6 : IPPROTO_IP,
                                is_v6 ? IPV6_RECVPKTINFO : IP_PKTINFO, &on, sizeof on);
  return told == 0 ? Status() : fail(Errc::unavailable, reasons::kForbidden);
}

asio::awaitable<void> UdpSocket::State::read_what_comes(std::shared_ptr<State> self) {
  while (self->socket.is_open()) {
    const auto [error] = co_await self->socket.async_wait(udp::socket::wait_read, kAwait);
    if (!error) self->read_turn();
  }
}

void UdpSocket::State::read_turn() {
  const std::span<Byte> buffer(loop.state().read_buffer);
  PeerAddress from;
  for (int i = 0; i < kTurnMax && socket.is_open() && receive; ++i) {
    const ssize_t size = receive_one(buffer, from);
    // A port that nobody has is reported on the next read, whoever asked: not a reason to stop.
    if (size < 0 && errno == ECONNREFUSED) {
      forget_reports();
      if (refused) refused();
      continue;
    }
    if (size < 0) return;
    receive(from, ByteView(buffer).first(static_cast<std::size_t>(size)));
  }
}

ssize_t UdpSocket::State::receive_one(std::span<Byte> buffer, PeerAddress& from) {
  udp::endpoint endpoint;
  iovec piece{buffer.data(), buffer.size()};
  Beside beside;
  msghdr message{};
  message.msg_name = endpoint.data();
  message.msg_namelen = static_cast<socklen_t>(endpoint.capacity());
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = &beside;
  message.msg_controllen = source == Source::asked ? sizeof beside : 0;
  const ssize_t size = ::recvmsg(socket.native_handle(), &message, MSG_DONTWAIT);
  if (size < 0) return size;
  endpoint.resize(message.msg_namelen);
  from = peer_of(endpoint);
  from.asked = asked_address(message);
  return size;
}

bool UdpSocket::State::send_one(const udp::endpoint& to, ByteView datagram,
                                const std::array<Byte, 16>* from) {
  iovec piece{const_cast<Byte*>(datagram.data()), datagram.size()};
  Beside beside;
  msghdr message{};
  message.msg_name = const_cast<void*>(static_cast<const void*>(to.data()));
  message.msg_namelen = static_cast<socklen_t>(to.size());
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  if (from != nullptr) {
    message.msg_control = &beside;
    message.msg_controllen = sizeof beside;
    put_source(message, *from, family);
  }
  return ::sendmsg(socket.native_handle(), &message, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0 || errno == EAGAIN;
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
  asio::ip::address ip = ip_of(to);
  if (state_->family == AF_INET6) ip = asio::ip::address_v6(to.ip);  // as its socket writes IPv4
  const udp::endpoint endpoint(ip, to.port);
  const bool is_asked = state_->source == Source::asked && to.asked != std::array<Byte, 16>{};
  if (is_asked && state_->send_one(endpoint, datagram, &to.asked)) return;
  // An address that we had and have no more: another one may do.
  (void)state_->send_one(endpoint, datagram, nullptr);
}

void UdpSocket::listen_for_refusals(Refused refused) {
  state_->refused = std::move(refused);
  state_->listen_for_refusals();
}

Result<std::unique_ptr<UdpSocket>> UdpSocket::bind(Loop& loop, const Address& at, Receive receive,
                                                   Source source) {
  TAUT_TRY(const udp::endpoint endpoint, udp_endpoint(at));
  auto state = std::make_shared<State>(loop, std::move(receive), source);
  TAUT_CHECK(state->open(endpoint));
  asio::co_spawn(loop.state().context, State::read_what_comes(state), asio::detached);
  return std::unique_ptr<UdpSocket>(new UdpSocket(std::move(state)));
}

Result<std::unique_ptr<UdpSocket>> UdpSocket::adopt(Loop& loop, int socket, Receive receive, Source source) {
  auto state = std::make_shared<State>(loop, std::move(receive), source);
  TAUT_CHECK(state->adopt(socket));
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
