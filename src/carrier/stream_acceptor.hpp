#pragma once
// Takes connections on a listening socket, one after the other; for listeners only.

#include "carrier/asio.hpp"
#include "carrier/tcp.hpp"

namespace taut::carrier {

template <class Protocol>
struct StreamAcceptor {
  /// What a connected socket becomes; nullptr: nothing, it is closed.
  using Wrap = std::shared_ptr<Connection> (*)(Loop& loop, typename Protocol::socket socket);

  StreamAcceptor(Loop& its_loop, Wrap how, Accept on_accept)
      : loop(its_loop),
        acceptor(its_loop.state().context),
        pause(its_loop.state().context),
        wrap(how),
        accept(std::move(on_accept)) {}

  /// Until close().
  static asio::awaitable<void> accept_all(std::shared_ptr<StreamAcceptor> self) {
    // Without free descriptors accept fails at once, again and again: give the others time to close.
    constexpr std::chrono::milliseconds kPauseAfterFailure{50};
    while (self->acceptor.is_open()) {
      auto [error, socket] = co_await self->acceptor.async_accept(kAwait);
      if (error == asio::error::operation_aborted) continue;
      if (error) {
        self->pause.expires_after(kPauseAfterFailure);
        co_await self->pause.async_wait(kAwait);
        continue;
      }
      if (!self->accept) continue;
      if (auto connection = self->wrap(self->loop, std::move(socket))) self->accept(std::move(connection));
    }
  }
  void close() {
    accept = nullptr;
    boost::system::error_code ignored;
    acceptor.close(ignored);
    pause.cancel();
  }

  Loop& loop;
  typename Protocol::acceptor acceptor;
  asio::steady_timer pause;
  Wrap wrap;
  Accept accept;
};

}  // namespace taut::carrier
