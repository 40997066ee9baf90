#include "run/terminal_signals.hpp"

#include <boost/asio/signal_set.hpp>
#include <csignal>

#include "carrier/asio.hpp"

namespace taut::run {

struct TerminalSignals::State : std::enable_shared_from_this<TerminalSignals::State> {
  State(carrier::Loop& loop, carrier::Loop::Task change)
      : set(loop.state().context, SIGWINCH, SIGCONT), on_change(std::move(change)) {}

  void wait() {
    set.async_wait([self = shared_from_this()](const boost::system::error_code& error, int) {
      if (error || !self->on_change) return;
      self->on_change();
      self->wait();
    });
  }

  boost::asio::signal_set set;
  carrier::Loop::Task on_change;
};

TerminalSignals::TerminalSignals(carrier::Loop& loop, carrier::Loop::Task on_change)
    : state_(std::make_shared<State>(loop, std::move(on_change))) {
  state_->wait();
}

TerminalSignals::~TerminalSignals() {
  state_->on_change = nullptr;
  state_->set.cancel();
}

}  // namespace taut::run
