// What is due: recovery runs from here.

#include <bit>

#include "topic/state.hpp"

namespace taut::topic {

namespace {

constexpr Duration kIntroduceAgainAfter = std::chrono::minutes(1);

void earlier(std::optional<Instant>& first, std::optional<Instant> other) {
  if (other && (!first || *other < *first)) first = other;
}

/// How far a stored time is ahead; never more than it was.
Duration until(WallTime at, std::optional<WallTime> now, Duration most) {
  if (!now || at <= *now) return {};
  return std::min<Duration>(
      std::chrono::milliseconds(std::min<std::uint64_t>(at.unix_ms - now->unix_ms, INT32_MAX)), most);
}

/// Nobody let it in for so long that the answer may be lost with whoever gave it: the KeyPackage is used
/// then. First after four minutes, then seldom and seldomer, as boxes are small.
bool wants_another(std::uint32_t repeats) { return repeats >= 8 && std::has_single_bit(repeats); }

bool is_due(const std::optional<Instant>& at, Instant now) { return at && *at <= now; }

}  // namespace

void OutgoingWelcome::again(Time now, Duration after_max) {
  repeat.again(now.instant, after_max);
  due = now.wall.value_or(WallTime{}) +
        std::chrono::duration_cast<std::chrono::milliseconds>(repeat.at - now.instant);
}

/// What was due when the process before this one ended, is.
void Topic::State::rearm(Time now) {
  quiet_until = now.instant + kDutySpread;
  for (const auto& [node_id, sender] : senders)
    if (sender.is_waiting()) gap_at.emplace(node_id, now.instant + gap_patience());
  for (auto& [node_id, claim] : claims) claim.since = now.instant;
  for (auto& [number, welcome] : welcomes)
    welcome.repeat.at = now.instant + until(welcome.due, now.wall, welcome_pause_max());
  if (!history.empty() && history.rbegin()->second.owes_checkpoint)
    checkpoint_due = random_instant(now.instant, kDutySpread);
  if (pairing) {
    pairing->until = now.instant + until(pairing->over_at, now.wall, pairing->window);
    if (pairing->until == now.instant) end_pairing();
  }
  if (!header.suspects_since) return;
  // By the wall clock it may be long ago; whoever was away hears the others first.
  Duration left = kLeftBehindAfter;
  if (header.suspects_since->unix_ms != 0)
    left = std::max<Duration>(until(*header.suspects_since + kLeftBehindAfter, now.wall, left), kWeighAfter);
  suspicion_since = now.instant + left - kLeftBehindAfter;
  ask_at = now.instant;
}

Status Topic::State::tick(Time now) {
  if (header.standing == Standing::closed) return {};
  ticked = now.instant;
  expire(now);
  if (header.standing == Standing::diverged) {
    if (!returning || (now.wall && *now.wall > returning->not_after)) return introduce_again(now);
    if (returning->repeat.at <= now.instant) {
      returning->repeat.again(now.instant);
      if (wants_another(returning->repeat.count)) return introduce_again(now);
      publish.push_back({EntryKind::introduction, returning->entry_id, returning->entry, 0, {}, {}});
    }
    return {};
  }
  group->tick(now);
  resend_due(now.instant);
  if (pending && pending->repeat.at <= now.instant) {
    pending->repeat.again(now.instant);
    publish.push_back(
        {EntryKind::commit, pending->entry_id, pending->entry, pending->epoch, pending->successor, {}});
  }
  for (auto& [number, welcome] : welcomes) {
    if (welcome.repeat.at > now.instant) continue;
    welcome.again(now, welcome_pause_max());
    journal.put(record_key(RecordKind::welcome, number), welcome.save());
    publish.push_back({EntryKind::welcome, welcome.entry_id, welcome.entry, epoch(), {}, welcome.to});
  }
  for (auto at = gap_at.begin(); at != gap_at.end();) {
    const auto here = at++;
    if (here->second > now.instant) continue;
    const NodeId from = here->first;
    gap_at.erase(here);
    const auto sender = senders.find(from);
    if (sender == senders.end()) continue;
    deliver(from, sender->second.give_up(journal), now);
    if (sender->second.is_waiting()) gap_at.emplace(from, now.instant + gap_patience());
  }
  if (is_due(checkpoint_due, now.instant)) {
    // Until the log shows it: it may have met a link that was going.
    checkpoint_due = now.instant + kResendMax;
    TAUT_CHECK(publish_checkpoint(epoch(), now.instant));
  }
  if (suspicion_since && now.instant - *suspicion_since >= kLeftBehindAfter)
    return diverge(Diverged::Why::left_behind, now);
  if (contest && contest->weigh_at <= now.instant) TAUT_CHECK(weigh(now));
  if (!is_open()) return {};
  if (is_due(ask_at, now.instant)) TAUT_CHECK(ask(now.instant));
  repeat_order(now.instant);
  return pump(now);
}

/// What follows from what has changed.
Status Topic::State::pump(Time now) {
  if (!is_open()) return {};
  TAUT_CHECK(take_early(now));
  TAUT_CHECK(follow_orders(now));
  if (!is_open()) return {};
  TAUT_CHECK(commit_wishes(now));
  if (!settings.has_log()) TAUT_CHECK(order(now));
  if (is_open() && is_due(acknowledge_at, now.instant)) TAUT_CHECK(send_acknowledgement());
  return {};
}

std::optional<Instant> Topic::State::next_deadline() const {
  std::optional<Instant> first;
  if (header.standing == Standing::closed) return first;
  if (header.standing == Standing::diverged) {
    return returning ? returning->repeat.at : ticked + kIntroduceAgainAfter;
  }
  earlier(first, group->next_deadline());
  for (const auto& [counter, item] : outbox) earlier(first, item.repeat.at);
  if (pending) earlier(first, pending->repeat.at);
  for (const auto& [number, welcome] : welcomes) earlier(first, welcome.repeat.at);
  for (const auto& [node_id, at] : gap_at) earlier(first, at);
  for (const auto& at : {checkpoint_due, ask_at, acknowledge_at}) earlier(first, at);
  if (suspicion_since) earlier(first, *suspicion_since + kLeftBehindAfter);
  if (contest) earlier(first, contest->weigh_at);
  if (!pending)
    for (const auto& [number, wish] : wishes) earlier(first, wish.due);
  if (!settings.has_log()) earlier(first, committer_deadline());
  return first;
}

}  // namespace taut::topic
