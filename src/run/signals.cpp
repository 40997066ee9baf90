#include "run/signals.hpp"

#include <boost/asio/signal_set.hpp>
#include <csignal>

#include "carrier/asio.hpp"

namespace taut::run {

struct Signals::State : std::enable_shared_from_this<Signals::State> {
  State(carrier::Loop& loop, carrier::Loop::Task interrupt, carrier::Loop::Task reload)
      : set(loop.state().context, SIGINT, SIGTERM),
        on_interrupt(std::move(interrupt)),
        on_reload(std::move(reload)) {
    boost::system::error_code ignored;
    if (on_reload) set.add(SIGHUP, ignored);
  }

  void wait() {
    set.async_wait([self = shared_from_this()](const boost::system::error_code& error, int signal) {
      if (error || !self->on_interrupt) return;
      signal == SIGHUP ? self->on_reload() : self->on_interrupt();
      self->wait();
    });
  }

  boost::asio::signal_set set;
  carrier::Loop::Task on_interrupt;
  carrier::Loop::Task on_reload;
};

Signals::Signals(carrier::Loop& loop, carrier::Loop::Task on_interrupt, carrier::Loop::Task on_reload)
    : state_(std::make_shared<State>(loop, std::move(on_interrupt), std::move(on_reload))) {
  std::signal(SIGPIPE, SIG_IGN);
  state_->wait();
}

Signals::~Signals() {
  state_->on_interrupt = nullptr;
  state_->set.cancel();
}

}  // namespace taut::run
