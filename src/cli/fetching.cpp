#include "cli/fetching.hpp"

#include "cli/task_session.hpp"

namespace taut::cli {

Fetching::Fetching(carrier::Loop& loop, const OpenNode& node, Context& context,
                   std::function<void(const Error&)> on_failed)
    : loop_(loop),
      context_(context),
      receiving_(node::make_receiving(*node.store, node.self.identity, context.random, node::Stay::for_more)),
      runner_(loop, *receiving_, node.self.identity, context.random, *this),
      releases_(loop, node, context),
      on_failed_(std::move(on_failed)),
      posts_(loop) {}

void Fetching::start() {
  auto up = run::LocalClient::connect(loop_, context_.home.up_socket(), *this);
  if (!up) return receive();
  up_ = *std::move(up);
}

void Fetching::receive() {
  phase_ = Phase::receiving;
  runner_.start();
}

/// It was stopped: what it did is ours to do now.
void Fetching::on_closed() {
  posts_.post([this] {
    up_.reset();
    if (phase_ == Phase::idle) receive();
  });
}

void Fetching::stop(carrier::Loop::Task on_end) {
  on_end_ = std::move(on_end);
  releases_.stop();
  if (phase_ == Phase::receiving) return runner_.stop();
  phase_ = Phase::over;
  posts_.post([this] { on_end_(); });
}

void Fetching::on_finished(const Status& status) {
  phase_ = Phase::over;
  if (on_end_) return on_end_();
  if (!status) posts_.post([this, why = status.error()] { on_failed_(why); });
}

Done fetch_once(const OpenNode& node, Context& context) {
  const auto receiving =
      node::make_receiving(*node.store, node.self.identity, context.random, node::Stay::until_drained);
  TAUT_CHECK(run_task(*receiving, node, context));
  return {};
}

}  // namespace taut::cli
