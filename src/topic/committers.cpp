// Order without a log: the first committer that is there puts commits into order by its checkpoints
// (docs/protocol/topic.md, "Committers").

#include "topic/state.hpp"

namespace taut::topic {

namespace {

constexpr std::uint32_t kOrderRepeatsMax = 8;
constexpr Duration kHelpPause = std::chrono::seconds(1);
/// While something waits for a committer, its silence is measured.
constexpr Duration kLookAgain = std::chrono::seconds(1);

}  // namespace

/// It has lost its keys, and asks to be let in again.
bool Topic::State::is_coming_back(const NodeId& node_id) const {
  return std::ranges::any_of(wishes, [&](const auto& one) {
    const auto* let_in = std::get_if<LetIn>(&one.second.what);
    return let_in != nullptr && let_in->admission == Admission::returned &&
           let_in->introduction.node_id() == node_id;
  });
}

/// Among the committers who are members and have their keys; where none is, among all such members by their
/// leaves.
std::optional<std::size_t> Topic::State::rank_of(const NodeId& node_id) const {
  const auto* by_committer = std::get_if<CommitterOrder>(&settings.order);
  if (by_committer == nullptr) return std::nullopt;
  std::size_t rank = 0;
  bool has_committer = false;
  for (const NodeId& one : by_committer->committers) {
    if (!participants.contains(one) || is_coming_back(one)) continue;
    if (one == node_id) return rank;
    has_committer = true;
    ++rank;
  }
  if (has_committer) return std::nullopt;
  rank = 0;
  for (const auto& [leaf, one] : by_leaf) {
    if (is_coming_back(one)) continue;
    if (one == node_id) return rank;
    ++rank;
  }
  return std::nullopt;
}

/// Everyone before this rank was silent for so long, since something waited.
bool Topic::State::is_silent_before(std::size_t rank, Instant since, Instant now, Duration patience) const {
  return std::ranges::all_of(participants, [&](const auto& one) {
    const auto other = rank_of(one.first);
    return !other || *other >= rank || now - std::max(one.second.heard, since) >= patience;
  });
}

/// How long those before a rank must be silent before it gives an order.
Duration Topic::State::patience_of(std::size_t rank) const {
  return std::get<CommitterOrder>(settings.order).takeover * static_cast<std::int64_t>(rank);
}

Status Topic::State::order(Time now) {
  const auto rank = rank_of(self);
  while (is_open() && rank && now.instant >= quiet_until) {
    std::optional<EntryHash> next;
    for (const auto& [hash, offer] : offers)
      if (!next && is_silent_before(*rank, offer.since, now.instant, patience_of(*rank))) next = hash;
    if (!next && pending && is_silent_before(*rank, pending->since, now.instant, patience_of(*rank)))
      next = hash_body(pending->body);
    if (!next) return {};
    TAUT_CHECK(order_offer(*next, now));
    TAUT_CHECK(take_early(now));
    TAUT_CHECK(commit_wishes(now));
  }
  return {};
}

Status Topic::State::order_offer(const EntryHash& hash, Time now) {
  const auto offer = std::ranges::find(offers, hash, [](const auto& one) { return one.first; });
  const bool is_own = offer == offers.end();
  const Bytes body = is_own ? pending->body : offer->second.body;
  const Bytes entry = is_own ? pending->entry : offer->second.entry;
  auto staged = stage(body, now);
  if (!staged && is_own) {
    group->drop_pending();
    for (const std::uint64_t number : pending->wishes) drop_wish(number, staged.error().reason);
    pending.reset();
    journal.erase(record_key(RecordKind::pending));
    return {};
  }
  if (!staged) {
    events.push_back(Refused{EntryKind::commit, std::nullopt, staged.error().reason});
    bad_offers.insert(hash);
    offers.erase(offer);
    return {};
  }
  TAUT_CHECK(merge(std::move(*staged), body, epoch() + 1, now));
  if (!is_open()) return {};
  EpochStart& start = history.at(epoch());
  TAUT_TRY(start.order_entry, checkpoint_entry(epoch()));
  start.commit_entry = entry;
  start.is_ordered_here = true;
  start.owes_checkpoint = false;
  checkpoint_due.reset();
  start.published = now.instant;
  start.repeat = {now.instant + kResendFirst, kResendFirst * 2, 0};
  journal.put(record_key(RecordKind::epoch, epoch()), start.save());
  const Instant at = now.instant;
  start.helped = at;
  publish.push_back(entry_of(EntryKind::commit, start.commit_entry));
  publish.push_back(entry_of(EntryKind::checkpoint, start.order_entry));
  return {};
}

/// A committer's checkpoint for the next epoch puts a commit into order.
Status Topic::State::follow_orders(Time now) {
  for (bool goes_on = !settings.has_log(); goes_on && is_open();) {
    goes_on = false;
    const Claim* best = nullptr;
    std::size_t best_rank = 0;
    for (const auto& [node_id, claim] : claims) {
      const auto rank = rank_of(node_id);
      if (!rank || claim.checkpoint.epoch != epoch() + 1) continue;
      if (bad_offers.contains(claim.checkpoint.commit_hash)) continue;
      if (!is_silent_before(*rank, claim.since, now.instant, patience_of(*rank) / 2)) continue;
      if (best == nullptr || *rank < best_rank) std::tie(best, best_rank) = std::pair(&claim, *rank);
    }
    if (best == nullptr) continue;
    const EntryHash hash = best->checkpoint.commit_hash;
    const Bytes order_entry = best->entry;
    const std::uint64_t before = epoch();
    TAUT_CHECK(apply_ordered(hash, order_entry, now));
    if (epoch() == before) continue;
    TAUT_CHECK(take_early(now));
    goes_on = true;
  }
  return {};
}

Status Topic::State::apply_ordered(const EntryHash& hash, ByteView order_entry, Time now) {
  const auto offer = std::ranges::find(offers, hash, [](const auto& one) { return one.first; });
  const bool is_own = pending && hash == hash_body(pending->body);
  if (offer == offers.end() && !is_own) {
    suspect(now);
    return {};
  }
  const Bytes body = is_own ? pending->body : offer->second.body;
  const Bytes entry = is_own ? pending->entry : offer->second.entry;
  auto staged = stage(body, now);
  if (!staged) {
    // It holds for the committer, and not here: one of the two has another history.
    events.push_back(Refused{EntryKind::commit, std::nullopt, staged.error().reason});
    bad_offers.insert(hash);
    stuck_before = epoch() + 1;
    TAUT_CHECK(publish_checkpoint(epoch(), now.instant));
    look_for_conflicts(now.instant);
    return {};
  }
  TAUT_CHECK(merge(std::move(*staged), body, epoch() + 1, now));
  if (!is_open()) return {};
  EpochStart& start = history.at(epoch());
  start.commit_entry = entry;
  start.order_entry = to_bytes(order_entry);
  journal.put(record_key(RecordKind::epoch, epoch()), start.save());
  return {};
}

/// Somebody is an epoch behind: the first committer tells how the next began, others when it is silent.
void Topic::State::help(const Checkpoint& from_behind, Instant now) {
  const auto next = history.find(from_behind.epoch + 1);
  if (settings.has_log() || next == history.end() || next->second.commit_entry.empty()) return;
  EpochStart& start = next->second;
  const std::size_t rank = rank_of(self).value_or(participants.size());
  const bool is_mine = is_silent_before(rank, Instant{}, now, patience_of(1));
  if (!is_mine || (start.helped && now - *start.helped < kHelpPause)) return;
  start.helped = now;
  publish.push_back(entry_of(EntryKind::commit, start.commit_entry));
  publish.push_back(entry_of(EntryKind::checkpoint, start.order_entry));
}

void Topic::State::repeat_order(Instant now) {
  const auto here = history.find(epoch());
  if (settings.has_log() || here == history.end()) return;
  EpochStart& start = here->second;
  if (!start.is_ordered_here || start.repeat.count >= kOrderRepeatsMax || start.repeat.at > now) return;
  start.repeat.again(now);
  const bool all_followed = std::ranges::all_of(
      participants, [&](const auto& one) { return one.first == self || one.second.reached >= epoch(); });
  if (all_followed) {
    start.repeat.count = kOrderRepeatsMax;
    return;
  }
  publish.push_back(entry_of(EntryKind::commit, start.commit_entry));
  publish.push_back(entry_of(EntryKind::checkpoint, start.order_entry));
}

std::optional<Instant> Topic::State::committer_deadline() const {
  const bool waits = !offers.empty() || pending || std::ranges::any_of(claims, [&](const auto& one) {
    return one.second.checkpoint.epoch == epoch() + 1;
  });
  std::optional<Instant> first;
  if (waits) first = std::max(ticked + kLookAgain, quiet_until);
  const auto here = history.find(epoch());
  if (here == history.end() || !here->second.is_ordered_here) return first;
  const Repeat& repeat = here->second.repeat;
  if (repeat.count < kOrderRepeatsMax && (!first || repeat.at < *first)) first = repeat.at;
  return first;
}

}  // namespace taut::topic
