#include <fcntl.h>
#include <sys/socket.h>

#include "carrier/stream_acceptor.hpp"
#include "carrier/tcp.hpp"
#include "carrier/tcp_connection.hpp"

namespace taut::carrier {
namespace {

Result<tcp::endpoint> numeric_endpoint(const Address& at) {
  if (at.host == "localhost") return tcp::endpoint(asio::ip::address_v4::loopback(), at.port);
  boost::system::error_code error;
  const auto address = asio::ip::make_address(at.host, error);
  if (error) return malformed();
  return tcp::endpoint(address, at.port);
}

}  // namespace

struct TcpListener::State : StreamAcceptor<tcp> {
  State(Loop& its_loop, Accept on_accept) : StreamAcceptor(its_loop, connection_over, std::move(on_accept)) {}

  Status open(const tcp::endpoint& at);
  Status adopt(int socket);

  Address address;
};

Status TcpListener::State::open(const tcp::endpoint& at) {
  boost::system::error_code error;
  acceptor.open(at.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(at, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return std::unexpected(error_of(error));
  address = address_of(acceptor.local_endpoint(error));
  return {};
}

Status TcpListener::State::adopt(int socket) {
  sockaddr_storage name{};
  socklen_t size = sizeof name;
  int is_listening = 0;
  socklen_t flag_size = sizeof is_listening;
  const bool is_ours = ::getsockname(socket, reinterpret_cast<sockaddr*>(&name), &size) == 0 &&
                       (name.ss_family == AF_INET || name.ss_family == AF_INET6) &&
                       ::getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &flag_size) == 0;
  if (!is_ours || is_listening == 0) return fail(Errc::unavailable, reasons::kNotListening);
  boost::system::error_code error;
  const int copy = ::fcntl(socket, F_DUPFD_CLOEXEC, 0);
  acceptor.assign(name.ss_family == AF_INET6 ? tcp::v6() : tcp::v4(), copy, error);
  if (error) return std::unexpected(error_of(error));
  address = address_of(acceptor.local_endpoint(error));
  return {};
}

TcpListener::TcpListener(std::shared_ptr<State> state) : state_(std::move(state)) {}

TcpListener::~TcpListener() { state_->close(); }

const Address& TcpListener::address() const { return state_->address; }

Result<std::unique_ptr<TcpListener>> TcpListener::listen(Loop& loop, const Address& at, Accept accept) {
  TAUT_TRY(const tcp::endpoint endpoint, numeric_endpoint(at));
  auto state = std::make_shared<State>(loop, std::move(accept));
  TAUT_CHECK(state->open(endpoint));
  asio::co_spawn(loop.state().context, State::accept_all(state), asio::detached);
  return std::unique_ptr<TcpListener>(new TcpListener(std::move(state)));
}

Result<std::unique_ptr<TcpListener>> TcpListener::adopt(Loop& loop, int socket, Accept accept) {
  auto state = std::make_shared<State>(loop, std::move(accept));
  TAUT_CHECK(state->adopt(socket));
  asio::co_spawn(loop.state().context, State::accept_all(state), asio::detached);
  return std::unique_ptr<TcpListener>(new TcpListener(std::move(state)));
}

}  // namespace taut::carrier
