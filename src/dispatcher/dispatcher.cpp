#include "dispatcher/dispatcher.hpp"

#include "dispatcher/logic.hpp"

namespace taut::dispatcher {

Dispatcher::Dispatcher(const Settings& settings) : logic_(std::make_unique<Logic>(settings)) {}
Dispatcher::Dispatcher(Dispatcher&&) noexcept = default;
Dispatcher& Dispatcher::operator=(Dispatcher&&) noexcept = default;
Dispatcher::~Dispatcher() = default;

Effects Dispatcher::start(const Moment& at) { return logic_->start(at); }

Effects Dispatcher::on_connected(ConnectionId connection, const Peer& peer, const Moment& at) {
  return logic_->on_connected(connection, peer, at);
}

Effects Dispatcher::on_frame(ConnectionId connection, ByteView frame, const Moment& at) {
  return logic_->on_frame(connection, frame, at);
}

Effects Dispatcher::on_sent(ConnectionId connection, std::size_t bytes, const Moment& at) {
  return logic_->on_sent(connection, bytes, at);
}

Effects Dispatcher::on_disconnected(ConnectionId connection) { return logic_->on_disconnected(connection); }

Effects Dispatcher::on_store_result(OperationId operation, StoreResult result, const Moment& at) {
  return logic_->on_store_result(operation, std::move(result), at);
}

Effects Dispatcher::on_operator(OperatorRequestId request, const OperatorRequest& asked, const Moment& at) {
  return logic_->on_operator(request, asked, at);
}

void Dispatcher::reconfigure(frame::Policy policy, const Limits& limits) {
  logic_->reconfigure(policy, limits);
}

Effects Dispatcher::tick(const Moment& at) { return logic_->tick(at); }
Instant Dispatcher::next_deadline() const { return logic_->next_deadline(); }
Effects Dispatcher::stop() { return logic_->stop(); }
Counters Dispatcher::counters() const { return logic_->counters(); }

}  // namespace taut::dispatcher
