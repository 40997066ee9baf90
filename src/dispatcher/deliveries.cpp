#include "dispatcher/deliveries.hpp"

namespace taut::dispatcher {

namespace {

using Flow = Subscription::Flow;

// One read of an inbox: enough to fill a window, little enough to hold for many readers at once.
constexpr std::size_t kFetchBytesMax = std::size_t{128} << 10;
constexpr std::size_t kFetchCountMax = 256;
constexpr std::chrono::milliseconds kStallRetry{500};

std::int64_t cost_of(std::size_t size) { return static_cast<std::int64_t>(size) + frame::kDeliveryCost; }

}  // namespace

Status Deliveries::grant(Connection& owner, std::uint32_t credit) const {
  Subscription& subscription = owner.subscription;
  const std::int64_t credit_max = common_.settings.limits.credit_bytes_max;
  if (subscription.credit + credit > credit_max) return fail(Errc::violation, reasons::kTooMuchCredit);
  subscription.credit += credit;
  return {};
}

Status Deliveries::on_subscribe(Connection& owner, const frame::Subscribe& subscribe, Instant now) {
  if (!owner.is_registered()) {
    const frame::Answer refused{subscribe.request, frame::AnswerStatus::refused, {}};
    common_.links.answer(owner.id, refused);
    return {};
  }
  TAUT_CHECK(grant(owner, subscribe.credit));
  Subscription& subscription = owner.subscription;
  subscription.until = subscribe.until;
  subscription.questions.push_back(subscribe.request);
  if (subscription.flow == Flow::caught_up) {
    caught_up(owner);
    return {};
  }
  if (subscription.flow == Flow::idle) subscription.flow = Flow::behind;
  advance(owner, now);
  return {};
}

Status Deliveries::on_credit(Connection& owner, const frame::Credit& credit, Instant now) {
  TAUT_CHECK(grant(owner, credit.bytes));
  advance(owner, now);
  return {};
}

bool Deliveries::may_begin(const Connection& owner) const {
  return owner.subscription.credit > 0 &&
         owner.unsent_bytes < common_.settings.limits.delivery_window_bytes &&
         common_.links.is_room_for_deliveries();
}

// What holds a delivery back also wakes it: credit and the own window with the owner's next frame or
// on_sent, the others' unsent bytes and a failing store with the clock.
void Deliveries::advance(Connection& owner, Instant now) {
  Subscription& subscription = owner.subscription;
  if (subscription.flow != Flow::behind || owner.phase != Connection::Phase::open) return;
  if (!may_begin(owner)) {
    if (!common_.links.is_room_for_deliveries()) stall(owner, now);
    return;
  }
  const auto credit = static_cast<std::size_t>(subscription.credit);
  subscription.flow = Flow::fetching;
  common_.issue(FetchMessages{owner.node(), subscription.cursor, std::min(credit, kFetchBytesMax),
                              std::min(credit / frame::kDeliveryCost + 1, kFetchCountMax)},
                FetchPending{owner.id, Pin(*owner.resident)});
}

void Deliveries::on_result(FetchPending& pending, Result<Fetched> result, const Moment& at) {
  Connection* owner = common_.links.find(pending.connection);
  if (owner == nullptr) return;
  owner->subscription.flow = Flow::behind;
  if (!result) return stall(*owner, at.now);
  const bool is_all = deliver_fetched(*owner, *result, at.wall);
  if (is_all && result->rest == Rest::none) return caught_up(*owner);
  advance(*owner, at.now);
}

// False: the rest has to wait, and will be fetched again.
bool Deliveries::deliver_fetched(Connection& owner, const Fetched& fetched, WallTime now) {
  for (const FetchedMessage& one : fetched.messages) {
    if (one.expires > now) {
      if (!may_begin(owner)) return false;
      const ByteView body = ByteView(fetched.bytes).subspan(one.offset, one.size);
      deliver(owner, {one.number, one.received, one.expires, body});
    }
    owner.subscription.cursor = one.number;
  }
  return true;
}

void Deliveries::push(Resident& inbox, const Message& message, Instant now) {
  for (Connection* owner : inbox.connections) {
    Subscription& subscription = owner->subscription;
    if (subscription.flow != Flow::caught_up) continue;
    if (!may_begin(*owner)) {
      subscription.flow = Flow::behind;
      advance(*owner, now);
      continue;
    }
    deliver(*owner, message);
    subscription.cursor = message.number;
  }
}

bool Deliveries::deliver_now(Connection& owner, const Message& message) {
  const bool is_waiting =
      owner.subscription.flow != Flow::idle && owner.subscription.until == frame::Until::closed;
  if (!is_waiting || !may_begin(owner)) return false;
  deliver(owner, message);
  return true;
}

void Deliveries::deliver(Connection& owner, const Message& message) {
  const ByteView body = message.body;
  const std::size_t first_size = std::min(body.size(), frame::kChunkBytesMax);
  owner.subscription.credit -= cost_of(body.size());
  common_.links.send(owner, frame::Delivery{message.number,
                                            message.received,
                                            message.expires,
                                            static_cast<std::uint32_t>(body.size()),
                                            body.first(first_size),
                                            {}});
  for (std::size_t offset = first_size; offset < body.size(); offset += frame::kChunkBytesMax) {
    const std::size_t size = std::min(body.size() - offset, frame::kChunkBytesMax);
    common_.links.send(owner, frame::DeliveryChunk{message.number, static_cast<std::uint32_t>(offset),
                                                   body.subspan(offset, size)});
  }
  ++common_.counters.messages_delivered;
}

void Deliveries::caught_up(Connection& owner) {
  Subscription& subscription = owner.subscription;
  subscription.flow = subscription.until == frame::Until::closed ? Flow::caught_up : Flow::idle;
  for (const frame::RequestId request : std::exchange(subscription.questions, {})) {
    common_.links.answer(owner.id, frame::Drained{request, subscription.cursor, {}});
  }
}

void Deliveries::stall(Connection& owner, Instant now) {
  if (std::ranges::find(stalled_, owner.id) == stalled_.end()) stalled_.push_back(owner.id);
  if (!retry_at_) retry_at_ = now + kStallRetry;
}

void Deliveries::retry_stalled(Instant now) {
  if (!retry_at_ || now < *retry_at_) return;
  retry_at_.reset();
  for (const ConnectionId id : std::exchange(stalled_, {})) {
    if (Connection* owner = common_.links.find(id)) advance(*owner, now);
  }
}

Status Deliveries::on_release(Connection& owner, frame::Release& release) {
  if (release.ranges.empty()) {  // all of them were relayed
    common_.links.answer(owner.id, frame::Answer{release.request, frame::AnswerStatus::done, {}});
    return {};
  }
  if (release.ranges.back().last > owner.subscription.cursor) {
    return fail(Errc::violation, reasons::kNotDelivered);
  }
  common_.issue(ReleaseMessages{owner.node(), std::move(release.ranges)},
                ReleasePending{owner.id, release.request, Pin(*owner.resident)});
  return {};
}

void Deliveries::on_result(ReleasePending& pending, Result<Freed> result, const Moment& at) {
  frame::AnswerStatus status = frame::AnswerStatus::unavailable;
  if (result) {
    status = frame::AnswerStatus::done;
    common_.freed(*result);
    common_.counters.messages_released += total(result->usage).messages;
    common_.removed(at.now);
  }
  common_.links.answer(pending.connection, frame::Answer{pending.request, status, {}});
}

}  // namespace taut::dispatcher
