// Messages: what this participant says, and what it hears.

#include "topic/state.hpp"

namespace taut::topic {

namespace {

/// Members open messages of three epochs back (mls::Settings): whoever is later gets them sealed anew.
constexpr std::uint64_t kEpochsOpen = 3;
constexpr std::uint32_t kRepeatsBeforeResealing = 20;

}  // namespace

Result<MessageId> Topic::State::say(ContentType type, ByteView body, std::chrono::seconds expires, Time now) {
  TAUT_CHECK(check_open());
  if (header.is_leaving && type != kLeaving) return fail(Errc::violation, reasons::kTopicClosed);
  if (expires.count() < 0 || expires.count() > UINT32_MAX) return malformed();
  if (body.size() > kContentBytesMax) return fail(Errc::exhausted, reasons::kTooLarge);
  if (outbox.size() >= kOutboxCountMax || outbox_bytes + body.size() > kOutboxBytesMax)
    return fail(Errc::exhausted, reasons::kQuota);
  const std::uint64_t counter = header.next_counter;
  Said said{
      surroundings.random.make<MessageId>(), counter, epoch(), {}, now.wall, expires, type, to_bytes(body)};
  if (counter > 0) said.previous_said_in = header.last_said_in;
  Outgoing item;
  item.message_id = said.message_id;
  item.said = said.encode();
  if (!settings.has_log())
    for (const auto& [node_id, participant] : participants)
      if (node_id != self) item.waiting.insert(node_id);
  TAUT_CHECK(seal_outgoing(item));
  ++header.next_counter;
  header.last_said_in = epoch();
  outbox_bytes += item.said.size();
  const auto at = outbox.emplace(counter, std::move(item)).first;
  if (!settings.has_log() && at->second.waiting.empty()) {
    acknowledged(at);
    return said.message_id;
  }
  TAUT_CHECK(publish_outgoing(counter, at->second, now.instant));
  return said.message_id;
}

Status Topic::State::seal_outgoing(Outgoing& item) {
  TAUT_TRY(const Bytes body, group->protect(item.said.expose()));
  item.entry = wrapper.wrap(EntryKind::message, body, surroundings.random);
  item.hash = hash_body(body);
  item.entry_id = surroundings.random.make<SubmissionId>();
  item.sealed_in = epoch();
  return {};
}

Status Topic::State::publish_outgoing(std::uint64_t counter, Outgoing& item, Instant now) {
  journal.put(record_key(RecordKind::outbox, counter), item.save());
  item.repeat = {now + resend_first(), resend_first() * 2, 0};
  publish.push_back({EntryKind::message, item.entry_id, item.entry, item.sealed_in, {}, {}});
  return {};
}

/// An epoch began: what was sealed in one that members may not open any more is sealed anew. With a log
/// that is everything whose place is not certain, so that all of it counts in one epoch, in order.
Status Topic::State::reseal(Time now) {
  const std::uint64_t kept = settings.has_log() ? 1 : kEpochsOpen;
  for (auto& [counter, item] : outbox) {
    if (item.sealed_in + kept > epoch()) continue;
    TAUT_CHECK(seal_outgoing(item));
    TAUT_CHECK(publish_outgoing(counter, item, now.instant));
  }
  return {};
}

/// In again with a new leaf: counters begin anew, and what was not acknowledged is said again, to those who
/// were there when it was said first.
Status Topic::State::say_again(Time now) {
  std::map<std::uint64_t, Outgoing> before = std::exchange(outbox, {});
  for (const auto& [counter, item] : before) journal.erase(record_key(RecordKind::outbox, counter));
  for (auto& [counter, item] : before) {
    TAUT_TRY(Said said, read_said(item.said.expose()));
    std::erase_if(item.waiting, [&](const NodeId& node_id) { return !participants.contains(node_id); });
    if (!settings.has_log() && item.waiting.empty()) {
      acknowledged(outbox.emplace(counter, std::move(item)).first);
      continue;
    }
    said.counter = header.next_counter++;
    said.said_in = std::min(said.said_in, epoch());  // a history that was left may have been longer
    said.previous_said_in.reset();
    if (said.counter > 0) said.previous_said_in = header.last_said_in;
    header.last_said_in = said.said_in;
    item.said = said.encode();
    TAUT_CHECK(seal_outgoing(item));
    const auto at = outbox.emplace(said.counter, std::move(item)).first;
    TAUT_CHECK(publish_outgoing(said.counter, at->second, now.instant));
  }
  return {};
}

void Topic::State::resend_due(Instant now) {
  for (auto& [counter, item] : outbox) {
    if (item.repeat.at > now) continue;
    if (item.sealed_in < epoch() && item.repeat.count >= kRepeatsBeforeResealing) {
      // A failure leaves the entry as it was, to be published once more.
      if (seal_outgoing(item)) journal.put(record_key(RecordKind::outbox, counter), item.save());
    }
    item.repeat.again(now);
    publish.push_back({EntryKind::message, item.entry_id, item.entry, item.sealed_in, {}, {}});
  }
}

/// With a log: one's own entry in its place, by its hash. On a fallback it has no place yet.
bool Topic::State::take_own(const EntryHash& hash, std::optional<std::uint64_t> position) {
  const auto item = std::ranges::find_if(outbox, [&](const auto& one) { return one.second.hash == hash; });
  if (item == outbox.end()) return false;
  if (position) acknowledged(item);
  return true;
}

Status Topic::State::take_message(ByteView body, ByteView entry, const MessageFrame& frame,
                                  std::optional<std::uint64_t> position, Time now) {
  if (take_own(hash_body(body), position)) return {};
  if (frame.epoch > epoch()) {
    suspect(now);
    hold_early(frame.epoch, entry);
    return {};
  }
  Result<mls::Received> received = group->receive(body, now);
  if (!received) {
    const Error error = received.error();
    if (error.code != Errc::replayed) return std::unexpected(error);
    // Somebody lacks our acknowledgement; who, the ciphertext does not say any more.
    if (settings.has_log() || error == mls::errors::kOwnMessage) return {};
    for (const auto& [node_id, sender] : senders) to_acknowledge.insert(node_id);
    if (!acknowledge_at) acknowledge_at = now.instant + 5 * kAcknowledgeAfter;
    return {};
  }
  auto* message = std::get_if<mls::ApplicationMessage>(&*received);
  if (message == nullptr) return fail(Errc::violation, reasons::kNotNow);
  return take_application(std::move(*message), now);
}

Status Topic::State::take_application(mls::ApplicationMessage message, Time now) {
  // Whoever was removed since says nothing any more, whatever epoch it says it in.
  const auto leaf = by_leaf.find(message.sender);
  if (leaf == by_leaf.end()) return fail(Errc::violation, reasons::kNotMember);
  Participant& from = participants.at(leaf->second);
  if (from.credential != message.credential) return fail(Errc::violation, reasons::kNotMember);
  auto inside = read_inside(message.data);
  wipe(message.data);
  if (!inside) return std::unexpected(inside.error());
  heard(leaf->second, message.epoch, now.instant);
  if (message.epoch == epoch()) calm();
  if (auto* said = std::get_if<Said>(&*inside)) {
    take_said(std::move(*said), from, message.epoch, now);
  } else {
    take_acknowledgement(std::get<Acknowledgement>(*inside), from, now.instant);
  }
  return {};
}

void Topic::State::take_said(Said said, const Participant& from, std::uint64_t in_epoch, Time now) {
  const NodeId node_id = from.certificate.node_id();
  const auto sender = senders.find(node_id);
  if (sender == senders.end()) return;
  deliver(node_id,
          sender->second.take(std::move(said), in_epoch, {header.joined_in, header.leaf_since}, journal),
          now);
  if (!sender->second.is_waiting()) {
    gap_at.erase(node_id);
  } else {
    gap_at.try_emplace(node_id, now.instant + gap_patience());
  }
  if (settings.has_log()) return;
  to_acknowledge.insert(node_id);
  if (!acknowledge_at) acknowledge_at = now.instant + kAcknowledgeAfter;
}

void Topic::State::deliver(const NodeId& from, Arrivals arrivals, Time now) {
  if (arrivals.gap) events.push_back(*arrivals.gap);
  for (Arrival& arrival : arrivals.deliver) {
    Said& said = arrival.said;
    if (said.type == kLeaving) {
      deliver_leaving(from, now.instant);
      continue;
    }
    std::optional<WallTime> erase_at;
    if (said.expires.count() != 0 && now.wall) erase_at = *now.wall + said.expires;
    events.push_back(MessageReceived{from, said.message_id, said.counter, arrival.epoch, said.type,
                                     std::move(said.body), said.time, said.expires, erase_at,
                                     arrival.delivery});
  }
}

void Topic::State::deliver_leaving(const NodeId& from, Instant now) {
  const bool is_known = std::ranges::any_of(wishes, [&](const auto& one) {
    const auto* put_out = std::get_if<PutOut>(&one.second.what);
    return put_out != nullptr && put_out->node_id == from;
  });
  if (!is_known)
    wish({PutOut{from, AfterRemoval::may_return, Cause::leaving}, random_instant(now, kDutySpread)});
}

void Topic::State::take_acknowledgement(const Acknowledgement& acknowledgement, Participant& from,
                                        Instant now) {
  const NodeId node_id = from.certificate.node_id();
  const std::uint64_t sequence = participants.at(self).certificate.sequence;
  for (const Arrived& arrived : acknowledgement.arrived) {
    if (arrived.sender != self || arrived.sequence != sequence) continue;
    from.acknowledged = std::max(from.acknowledged, std::min(arrived.next, header.next_counter));
    for (auto item = outbox.begin(); item != outbox.end();) {
      const auto here = item++;
      if (!arrived.has(here->first)) {
        // Later ones are there: this one was lost.
        const std::uint64_t distance = here->first - arrived.next;
        const bool is_hole = distance < 64 && arrived.beyond >> distance != 0;
        if (is_hole && here->second.repeat.at > now + kResendFirst)
          here->second.repeat = {now + kAcknowledgeAfter, kResendFirst, here->second.repeat.count};
        continue;
      }
      here->second.waiting.erase(node_id);
      if (here->second.waiting.empty() && !settings.has_log()) acknowledged(here);
    }
  }
}

void Topic::State::acknowledged(std::map<std::uint64_t, Outgoing>::iterator item) {
  const auto said = read_said(item->second.said.expose());
  if (said && said->type != kLeaving) events.push_back(Acknowledged{item->second.message_id});
  outbox_bytes -= item->second.said.size();
  journal.erase(record_key(RecordKind::outbox, item->first));
  outbox.erase(item);
}

void Topic::State::unsend(std::map<std::uint64_t, Outgoing>::iterator item, Reason reason) {
  auto said = read_said(item->second.said.expose());
  if (said && said->type != kLeaving)
    events.push_back(Unsent{item->second.message_id, said->type, std::move(said->body), reason});
  outbox_bytes -= item->second.said.size();
  journal.erase(record_key(RecordKind::outbox, item->first));
  outbox.erase(item);
}

Status Topic::State::send_acknowledgement() {
  acknowledge_at.reset();
  Acknowledgement acknowledgement;
  for (const NodeId& node_id : std::exchange(to_acknowledge, {}))
    if (const auto sender = senders.find(node_id); sender != senders.end() && node_id != self)
      acknowledgement.arrived.push_back(sender->second.arrived());
  TAUT_TRY(const Bytes body, group->protect(acknowledgement.encode()));
  publish.push_back(entry_of(EntryKind::acknowledgement,
                             wrapper.wrap(EntryKind::acknowledgement, body, surroundings.random)));
  return {};
}

/// Without a log an entry may overtake the commit that it follows. With one, nothing can.
void Topic::State::hold_early(std::uint64_t of_epoch, ByteView entry) {
  if (settings.has_log() || entry.size() > kMessageEntryBytesMax) return;
  if (std::ranges::any_of(early, [&](const auto& one) { return equal(one.second, entry); })) return;
  while (!early.empty() && (early.size() >= kEarlyCountMax || early_bytes + entry.size() > kEarlyBytesMax)) {
    early_bytes -= early.front().second.size();
    early.erase(early.begin());
  }
  early.emplace_back(of_epoch, to_bytes(entry));
  early_bytes += entry.size();
}

Status Topic::State::take_early(Time now) {
  while (group) {
    const auto ready = std::ranges::find_if(early, [&](const auto& one) { return one.first <= epoch(); });
    if (ready == early.end()) break;
    const Bytes entry = std::move(ready->second);
    early_bytes -= entry.size();
    early.erase(ready);
    TAUT_TRY(const EntryBody body, wrapper.unwrap(entry));
    TAUT_CHECK(take_body(body, entry, std::nullopt, now));
  }
  return {};
}

}  // namespace taut::topic
