#include "dispatcher/logic.hpp"

#include "base/overloaded.hpp"
#include "dispatcher/node_records.hpp"

namespace taut::dispatcher {

namespace {

// A put asks the store for one thing; its result is an outcome and a delivery.
constexpr std::size_t kEffectsMostly = 2;

}  // namespace

Logic::Logic(const Settings& settings)
    : common_(settings),
      wall_(settings.limits.wall_jump_max, settings.limits.wall_jump_hold),
      deliveries_(common_),
      relays_(common_, deliveries_),
      submissions_(common_, deliveries_, relays_),
      cards_(common_),
      notes_(common_),
      operators_(common_),
      log_readings_(common_, deliveries_),
      log_access_(common_, log_readings_),
      log_appends_(common_, log_readings_),
      introductions_(common_, log_readings_),
      log_sweeps_(common_, log_readings_),
      key_packages_(common_),
      housekeeping_(common_, submissions_, relays_, operators_, log_appends_, log_sweeps_, key_packages_) {}

Effects Logic::effects() {
  for (const Connection* connection : common_.links.doomed()) note_gone(*connection);
  common_.links.bury();
  Effects effects;
  effects.reserve(kEffectsMostly);
  return std::exchange(common_.effects, std::move(effects));
}

void Logic::note_gone(const Connection& connection) {
  notes_.on_gone(connection, at_);
  relays_.on_gone(connection.id);
}

Effects Logic::start(const Moment& at) {
  begin(at);
  common_.started = at_.now;
  housekeeping_.start(at_.now);
  common_.issue(LoadTotals{}, TotalsPending{});
  return effects();
}

Effects Logic::on_connected(ConnectionId id, const Peer& peer, const Moment& at) {
  begin(at);
  Connection* connection = common_.links.add(id, peer, common_.residents, at_.now);
  if (connection == nullptr) {
    ++common_.counters.connections_refused;
    constexpr auto kReason = frame::GoodbyeReason::overloaded;
    common_.effects.push_back(SendFrame{id, frame::written(frame::Goodbye{kReason, {}})});
    common_.effects.push_back(Close{id, kReason});
    return effects();
  }
  if (!connection->is_anonymous()) load(common_, *connection->resident);
  const bool is_known = connection->is_anonymous() || connection->resident->phase == Resident::Phase::loaded;
  if (is_known) greet(*connection);
  return effects();
}

void Logic::greet(Connection& connection) {
  if (connection.phase != Connection::Phase::awaiting_record) return;
  if (!connection.is_anonymous() && connection.resident->is_revoked()) {
    return common_.links.doom(connection, frame::GoodbyeReason::revoked);
  }
  connection.phase = Connection::Phase::open;
  const Limits& limits = common_.settings.limits;
  frame::Hello hello;
  hello.message_bytes_max = limits.message_bytes_max;
  hello.put_bytes_max = limits.put_bytes_max;
  hello.credit_bytes_max = limits.credit_bytes_max;
  hello.ttl_s_max = static_cast<std::uint32_t>(limits.ttl_max.count());
  hello.idle_s = static_cast<std::uint32_t>(limits.idle_max.count());
  hello.policy = common_.settings.policy;
  hello.standing = connection.is_registered() ? frame::Standing::registered : frame::Standing::unregistered;
  if (at_.wall.unix_ms != 0) hello.say_time(at_.wall);
  common_.links.send(connection, hello);
  key_packages_.greet(connection);
}

Effects Logic::on_frame(ConnectionId id, ByteView frame, const Moment& at) {
  begin(at);
  Connection* from = common_.links.find(id);
  if (from == nullptr) return {};
  ++common_.counters.frames_in;
  from->last_heard = at_.now;
  if (const Status status = on_frame(*from, frame); !status) {
    ++common_.counters.violations;
    common_.links.doom(*from, frame::GoodbyeReason::violation);
  }
  return effects();
}

Effects Logic::on_sent(ConnectionId id, std::size_t bytes, const Moment& at) {
  begin(at);
  if (Connection* connection = common_.links.find(id)) {
    common_.links.on_sent(*connection, bytes);
    deliveries_.on_sent(*connection, at_.now);
    log_readings_.advance(*connection, at_);
  }
  return effects();
}

Effects Logic::on_disconnected(ConnectionId id) {
  if (Connection* connection = common_.links.find(id)) {
    note_gone(*connection);
    common_.links.forget(*connection);
  }
  return effects();
}

Effects Logic::on_store_result(OperationId id, StoreResult result, const Moment& at) {
  begin(at);
  std::optional<Pending> pending = common_.operations.close(id);
  if (!pending) return {};
  if (!result) ++common_.counters.store_failures;
  handle(*pending, std::move(result));
  return effects();
}

Effects Logic::on_operator(OperatorRequestId request, const OperatorRequest& asked, const Moment& at) {
  begin(at);
  operators_.on_request(request, asked, at_);
  return effects();
}

void Logic::reconfigure(frame::Policy policy, const Limits& limits) {
  common_.settings.policy = policy;
  common_.settings.limits = limits;
}

Effects Logic::tick(const Moment& at) {
  begin(at);
  housekeeping_.tick(at_);
  deliveries_.retry_stalled(at_.now);
  log_readings_.retry_stalled(at_);
  return effects();
}

Instant Logic::next_deadline() const {
  Instant next = housekeeping_.next_deadline();
  for (const std::optional<Instant> retry : {deliveries_.retry_at(), log_readings_.retry_at()}) {
    if (retry) next = std::min(next, *retry);
  }
  return next;
}

Effects Logic::stop() {
  common_.links.for_each(
      [&](Connection& connection) { common_.links.doom(connection, frame::GoodbyeReason::stopping); });
  return effects();
}

Counters Logic::counters() const { return common_.counters_at(at_.now); }

}  // namespace taut::dispatcher
