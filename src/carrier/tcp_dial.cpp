#include "carrier/tcp.hpp"
#include "carrier/tcp_connection.hpp"

namespace taut::carrier {
namespace {

/// One attempt to reach a host; it and its coroutine own each other until it is done.
struct Dial : std::enable_shared_from_this<Dial> {
  Dial(Loop& its_loop, Dialled on_dialled)
      : loop(its_loop),
        resolver(its_loop.state().context),
        socket(its_loop.state().context),
        deadline(its_loop, [this] { finish(fail(Errc::unavailable, reasons::kDeadline)); }),
        dialled(std::move(on_dialled)) {}

  static asio::awaitable<void> try_each(std::shared_ptr<Dial> self, Address to);
  void finish(Result<std::shared_ptr<Connection>> outcome);

  Loop& loop;
  tcp::resolver resolver;
  tcp::socket socket;
  Timer deadline;
  Dialled dialled;  ///< empty once it was called
};

void Dial::finish(Result<std::shared_ptr<Connection>> outcome) {
  const Dialled told = std::exchange(dialled, nullptr);
  deadline.arm(std::nullopt);
  boost::system::error_code ignored;
  socket.close(ignored);
  resolver.cancel();
  if (told) told(std::move(outcome));
}

asio::awaitable<void> Dial::try_each(std::shared_ptr<Dial> self, Address to) {
  const std::string port = std::to_string(to.port);
  const auto [not_found, addresses] = co_await self->resolver.async_resolve(to.host, port, kAwait);
  boost::system::error_code last = not_found;
  for (const auto& address : addresses) {
    if (!self->dialled) co_return;
    boost::system::error_code ignored;
    self->socket.close(ignored);
    const tcp::endpoint endpoint = address.endpoint();
    const auto [error] = co_await self->socket.async_connect(endpoint, kAwait);
    last = error;
    if (!error) break;
  }
  if (!self->dialled) co_return;
  if (last) {
    self->finish(std::unexpected(error_of(last)));
    co_return;
  }
  self->finish(connection_over(self->loop, std::move(self->socket)));
}

}  // namespace

void dial_tcp(Loop& loop, const Address& to, Instant deadline, Dialled dialled) {
  const auto dial = std::make_shared<Dial>(loop, std::move(dialled));
  dial->deadline.arm(deadline);
  asio::co_spawn(loop.state().context, Dial::try_each(dial, to), asio::detached);
}

}  // namespace taut::carrier
