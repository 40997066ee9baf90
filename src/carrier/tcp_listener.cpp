#include "carrier/tcp.hpp"
#include "carrier/tcp_connection.hpp"

namespace taut::carrier {
namespace {

/// Without free descriptors accept fails at once, again and again: give the others time to close.
constexpr std::chrono::milliseconds kPauseAfterFailure{50};

Result<tcp::endpoint> numeric_endpoint(const Address& at) {
  if (at.host == "localhost") return tcp::endpoint(asio::ip::address_v4::loopback(), at.port);
  boost::system::error_code error;
  const auto address = asio::ip::make_address(at.host, error);
  if (error) return malformed();
  return tcp::endpoint(address, at.port);
}

}  // namespace

struct TcpListener::State {
  State(Loop& its_loop, Accept on_accept)
      : loop(its_loop),
        acceptor(its_loop.state().context),
        pause(its_loop.state().context),
        accept(std::move(on_accept)) {}

  Status open(const tcp::endpoint& at);
  static asio::awaitable<void> accept_all(std::shared_ptr<State> self);

  Loop& loop;
  tcp::acceptor acceptor;
  asio::steady_timer pause;
  Accept accept;
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

asio::awaitable<void> TcpListener::State::accept_all(std::shared_ptr<State> self) {
  while (self->acceptor.is_open()) {
    auto [error, socket] = co_await self->acceptor.async_accept(kAwait);
    if (error == asio::error::operation_aborted) continue;
    if (error) {
      self->pause.expires_after(kPauseAfterFailure);
      co_await self->pause.async_wait(kAwait);
      continue;
    }
    if (self->accept) self->accept(std::make_shared<TcpConnection>(self->loop, std::move(socket)));
  }
}

TcpListener::TcpListener(std::shared_ptr<State> state) : state_(std::move(state)) {}

TcpListener::~TcpListener() {
  state_->accept = nullptr;
  boost::system::error_code ignored;
  state_->acceptor.close(ignored);
  state_->pause.cancel();
}

const Address& TcpListener::address() const { return state_->address; }

Result<std::unique_ptr<TcpListener>> TcpListener::listen(Loop& loop, const Address& at, Accept accept) {
  TAUT_TRY(const tcp::endpoint endpoint, numeric_endpoint(at));
  auto state = std::make_shared<State>(loop, std::move(accept));
  TAUT_CHECK(state->open(endpoint));
  asio::co_spawn(loop.state().context, State::accept_all(state), asio::detached);
  return std::unique_ptr<TcpListener>(new TcpListener(std::move(state)));
}

}  // namespace taut::carrier
