#include "dispatcher/relays.hpp"

#include "dispatcher/outcomes.hpp"

namespace taut::dispatcher {

using frame::OutcomeState;

void Relays::relay(Resident& inbox, const Submission& submission, const Moment& at) {
  const Duration wait = common_.settings.limits.relay_wait;
  Message message;
  message.received = at.wall;
  message.expires = at.wall + common_.settings.limits.relay_wait;
  message.body = submission.body;
  for (Connection* owner : inbox.connections) {
    message.number = frame::kOnlineOnlyBit + owner->relayed_count;
    if (!deliveries_.deliver_now(*owner, message)) continue;
    ++owner->relayed_count;
    ++common_.counters.messages_relayed;
    open_.emplace(Key(owner->id, message.number), Relay{submission.ticket, at.now + wait});
    return;
  }
  settle(common_, submission.ticket, OutcomeState::declined);
}

Status Relays::on_release(const Connection& owner, frame::Release& release) {
  std::vector<QueueRange> stored;
  for (const QueueRange& range : release.ranges) {
    if (range.last < frame::kOnlineOnlyBit) {
      stored.push_back(range);
      continue;
    }
    const bool was_delivered =
        range.first >= frame::kOnlineOnlyBit && range.last - frame::kOnlineOnlyBit < owner.relayed_count;
    if (!was_delivered) return fail(Errc::violation, reasons::kNotDelivered);
    auto relay = open_.lower_bound(Key(owner.id, range.first));
    while (relay != open_.end() && relay->first <= Key(owner.id, range.last)) {
      settle(common_, relay->second.ticket, OutcomeState::released);
      relay = open_.erase(relay);
    }
  }
  release.ranges = std::move(stored);
  return {};
}

void Relays::on_gone(ConnectionId owner) {
  auto relay = open_.lower_bound(Key(owner, 0));
  while (relay != open_.end() && relay->first.first == owner) {
    settle(common_, relay->second.ticket, OutcomeState::declined);
    relay = open_.erase(relay);
  }
}

void Relays::expire(Instant now) {
  for (auto relay = open_.begin(); relay != open_.end();) {
    if (relay->second.deadline > now) {
      ++relay;
      continue;
    }
    settle(common_, relay->second.ticket, OutcomeState::declined);
    relay = open_.erase(relay);
  }
}

}  // namespace taut::dispatcher
