#include "dispatcher/logic.hpp"

#include "dispatcher/node_records.hpp"

namespace taut::dispatcher {

namespace {

template <class... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};

// A put asks the store for one thing; its result is an outcome and a delivery.
constexpr std::size_t kEffectsMostly = 2;

Status refuse(Reason reason) { return fail(Errc::violation, reason); }

}  // namespace

Logic::Logic(const Settings& settings)
    : common_(settings),
      wall_(settings.limits.wall_jump_max, settings.limits.wall_jump_hold),
      deliveries_(common_),
      submissions_(common_, deliveries_),
      cards_(common_),
      housekeeping_(common_, submissions_) {}

Effects Logic::effects() {
  common_.links.bury();
  Effects effects;
  effects.reserve(kEffectsMostly);
  return std::exchange(common_.effects, std::move(effects));
}

Effects Logic::start(const Moment& at) {
  wall_.believe(at);
  housekeeping_.start(at.now);
  common_.issue(LoadTotals{}, TotalsPending{});
  return effects();
}

Effects Logic::on_connected(ConnectionId id, const NodeId& node, const Moment& at) {
  Connection* connection = common_.links.add(id, common_.residents.at(node), at.now);
  if (connection == nullptr) {
    ++common_.counters.connections_refused;
    constexpr auto kReason = frame::GoodbyeReason::overloaded;
    common_.effects.push_back(SendFrame{id, frame::written(frame::Goodbye{kReason, {}})});
    common_.effects.push_back(Close{id, kReason});
    return effects();
  }
  Resident& resident = *connection->resident;
  load(common_, resident);
  if (resident.phase == Resident::Phase::loaded) greet(*connection);
  return effects();
}

void Logic::greet(Connection& connection) {
  if (connection.phase != Connection::Phase::awaiting_record) return;
  if (connection.resident->is_revoked()) {
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
  hello.standing = connection.resident->record ? frame::Standing::registered : frame::Standing::unregistered;
  common_.links.send(connection, hello);
}

Effects Logic::on_frame(ConnectionId id, ByteView frame, const Moment& at) {
  Connection* from = common_.links.find(id);
  if (from == nullptr) return {};
  ++common_.counters.frames_in;
  from->last_heard = at.now;
  if (const Status status = on_frame(*from, frame, believed(at)); !status) {
    ++common_.counters.violations;
    common_.links.doom(*from, frame::GoodbyeReason::violation);
  }
  return effects();
}

Status Logic::on_frame(Connection& from, ByteView bytes, const Moment& at) {
  TAUT_TRY(frame::Frame frame, frame::parse(bytes));
  const bool is_goodbye = std::holds_alternative<frame::Goodbye>(frame);
  if (from.phase == Connection::Phase::awaiting_record && !is_goodbye) return refuse(reasons::kBeforeHello);
  return std::visit(
      Overloaded{
          [&](const frame::Put& put) { return submissions_.on_put(from, put, at); },
          [&](const frame::PutChunk& more) { return submissions_.on_put_chunk(from, more, at); },
          [&](const frame::Credit& credit) { return deliveries_.on_credit(from, credit, at.now); },
          [&](const frame::Ping& ping) -> Status {
            common_.links.send(from, frame::Pong{ping.token});
            return {};
          },
          [&](const frame::Pong&) -> Status { return {}; },
          [&](const frame::Goodbye&) -> Status {
            common_.effects.push_back(Close{from.id, frame::GoodbyeReason::done});
            common_.links.forget(from);
            return {};
          },
          [&](const frame::Ignored&) -> Status { return {}; },
          [&](const frame::Hello&) { return refuse(reasons::kNotFromNodes); },
          [&](const frame::Answer&) { return refuse(reasons::kNotFromNodes); },
          [&](const frame::Outcome&) { return refuse(reasons::kNotFromNodes); },
          [&](const frame::Delivery&) { return refuse(reasons::kNotFromNodes); },
          [&](const frame::DeliveryChunk&) { return refuse(reasons::kNotFromNodes); },
          [&](const frame::Drained&) { return refuse(reasons::kNotFromNodes); },
          [&](const frame::CardAnswer&) { return refuse(reasons::kNotFromNodes); },
          [&](const auto&) { return on_question(from, frame, at); },
      },
      frame);
}

// Every question counts against kOpenQuestionsMax until it is answered.
Status Logic::on_question(Connection& from, frame::Frame& frame, const Moment& at) {
  if (from.open_questions >= frame::kOpenQuestionsMax) return refuse(reasons::kTooManyQuestions);
  ++from.open_questions;
  return std::visit(
      Overloaded{
          [&](const frame::OutcomeQuery& query) { return submissions_.on_outcome_query(from, query); },
          [&](const frame::Subscribe& one) { return deliveries_.on_subscribe(from, one, at.now); },
          [&](frame::Release& release) { return deliveries_.on_release(from, release); },
          [&](const frame::PublishCard& publish) -> Status {
            cards_.on_publish(from, publish, at);
            return {};
          },
          [&](const frame::LookUpCard& look_up) -> Status {
            cards_.on_look_up(from, look_up);
            return {};
          },
          [&](const auto&) { return refuse(reasons::kNotFromNodes); },
      },
      frame);
}

Effects Logic::on_sent(ConnectionId id, std::size_t bytes, const Moment& at) {
  if (Connection* connection = common_.links.find(id)) {
    common_.links.on_sent(*connection, bytes);
    deliveries_.on_sent(*connection, at.now);
  }
  return effects();
}

Effects Logic::on_disconnected(ConnectionId id) {
  if (Connection* connection = common_.links.find(id)) common_.links.forget(*connection);
  return effects();
}

Effects Logic::on_store_result(OperationId id, StoreResult result, const Moment& at) {
  std::optional<Pending> pending = common_.operations.close(id);
  if (!pending) return {};
  if (!result) ++common_.counters.store_failures;
  handle(*pending, std::move(result), believed(at));
  return effects();
}

void Logic::handle(Pending& pending, StoreResult result, const Moment& at) {
  using Submitted = std::optional<SubmissionRecord>;
  StoreResult&& given = std::move(result);
  std::visit(
      Overloaded{
          [&](TotalsPending&) {
            const Result<Totals> totals = value_of<Totals>(std::move(given));
            if (!totals) return;
            common_.stored += totals->messages;
            common_.nodes += totals->nodes;
          },
          [&](NodePending& one) {
            on_record(one, value_of<std::optional<NodeRecord>>(std::move(given)), at);
          },
          [&](PutPending& one) { submissions_.on_result(one, value_of<Placed>(std::move(given)), at); },
          [&](RepeatPending& one) { submissions_.on_result(one, value_of<Submitted>(std::move(given)), at); },
          [&](QueryPending& one) { submissions_.on_result(one, value_of<Submitted>(std::move(given)), at); },
          [&](FetchPending& one) { deliveries_.on_result(one, value_of<Fetched>(std::move(given)), at); },
          [&](ReleasePending& one) { deliveries_.on_result(one, value_of<Freed>(std::move(given)), at); },
          [&](AddPending& one) { cards_.on_result(one, value_of<Done>(std::move(given))); },
          [&](CardPending& one) { cards_.on_result(one, value_of<Done>(std::move(given))); },
          [&](ComparePending& one) {
            cards_.on_result(one, value_of<std::optional<Bytes>>(std::move(given)));
          },
          [&](LookUpPending& one) {
            cards_.on_result(one, value_of<std::optional<Bytes>>(std::move(given)));
          },
          [&](SweepPending& one) { housekeeping_.on_result(one, value_of<Swept>(std::move(given)), at); },
          [&](ErasePending& one) { housekeeping_.on_result(one, value_of<Done>(std::move(given)), at); },
      },
      pending);
}

void Logic::on_record(NodePending& pending, Result<std::optional<NodeRecord>> result, const Moment& at) {
  Resident& node = *pending.node;
  node.phase = result ? Resident::Phase::loaded : Resident::Phase::unknown;
  if (result) node.record = *result;
  if (node.record) node.card_issued = node.record->card_sequence;
  for (Connection* connection : node.connections) {
    if (result) {
      greet(*connection);
    } else {
      common_.links.doom(*connection, frame::GoodbyeReason::unavailable);
    }
  }
  submissions_.resume(node, at);
  cards_.resume(node);
}

Effects Logic::tick(const Moment& at) {
  housekeeping_.tick(believed(at));
  deliveries_.retry_stalled(at.now);
  return effects();
}

Instant Logic::next_deadline() const {
  const std::optional<Instant> retry = deliveries_.retry_at();
  const Instant next = housekeeping_.next_deadline();
  return retry ? std::min(*retry, next) : next;
}

Effects Logic::stop() {
  common_.links.for_each(
      [&](Connection& connection) { common_.links.doom(connection, frame::GoodbyeReason::stopping); });
  return effects();
}

Counters Logic::counters() const {
  Counters now = common_.counters;
  now.connections = common_.links.size();
  now.nodes = common_.nodes;
  now.stored_messages = common_.stored.messages;
  now.stored_bytes = common_.stored.bytes;
  now.buffered_put_bytes = common_.links.put_bytes();
  now.unsent_bytes = common_.links.unsent_bytes();
  now.residents = common_.residents.size();
  now.operations_open = common_.operations.size();
  return now;
}

}  // namespace taut::dispatcher
