// What members say about the history they have seen, and what follows when they disagree
// (docs/protocol/topic.md, "Checkpoints").

#include "topic/state.hpp"

namespace taut::topic {

namespace {

constexpr Duration kPublishPause = std::chrono::seconds(1);
constexpr Duration kAskAgain = std::chrono::seconds(10);

}  // namespace

/// How far this participant has read; without a log, the epoch that it could have begun.
std::uint64_t Topic::State::seen() const {
  return settings.has_log() ? header.cursor : stuck_before.value_or(epoch());
}

/// Sealed under the key of the epoch before, so that both branches of a fork open it.
Result<Bytes> Topic::State::checkpoint_entry(std::uint64_t of_epoch) {
  Checkpoint checkpoint = history.at(of_epoch).checkpoint;
  // Of an older epoch it says how that began, and not that we are still in it.
  checkpoint.seen = of_epoch == epoch() ? seen() : checkpoint.position;
  const auto before = history.find(of_epoch - 1);
  const bool has_before = of_epoch > 0 && before != history.end();
  const CheckpointSealing sealing{header.topic_id, has_before ? of_epoch - 1 : of_epoch,
                                  has_before ? before->second.key : history.at(of_epoch).key};
  TAUT_TRY(const Bytes sealed,
           seal_checkpoint(checkpoint, sealing, surroundings.identity, surroundings.random));
  return wrapper.wrap(EntryKind::checkpoint, sealed, surroundings.random);
}

Status Topic::State::publish_checkpoint(std::uint64_t of_epoch, Instant now) {
  const auto start = history.find(of_epoch);
  if (start == history.end()) return {};
  if (start->second.published && now - *start->second.published < kPublishPause) return {};
  start->second.published = now;
  if (start->second.owes_checkpoint && !settings.has_log()) paid(of_epoch);
  TAUT_TRY(Bytes entry, checkpoint_entry(of_epoch));
  publish.push_back(entry_of(EntryKind::checkpoint, std::move(entry)));
  return {};
}

Status Topic::State::take_checkpoint(ByteView body, ByteView entry, Time now) {
  TAUT_TRY(const std::uint64_t key_epoch, key_epoch_of(body));
  const auto known = history.find(key_epoch);
  if (known == history.end()) {
    if (key_epoch > epoch()) suspect(now);
    return {};
  }
  TAUT_TRY(const OpenedCheckpoint opened,
           open_checkpoint(body, {header.topic_id, key_epoch, known->second.key}));
  const Checkpoint& checkpoint = opened.checkpoint;
  if (checkpoint.node_id == self) {
    if (checkpoint.epoch == epoch()) paid(epoch());
    return {};
  }
  const auto from = participants.find(checkpoint.node_id);
  if (from == participants.end()) return fail(Errc::violation, reasons::kNotMember);
  TAUT_CHECK(opened.verify(from->second.certificate.signature_key));

  const auto mine = history.find(checkpoint.epoch);
  const bool agrees = mine != history.end() && checkpoint.agrees_with(mine->second.checkpoint);
  if (agrees) heard(checkpoint.node_id, checkpoint.epoch, now.instant);
  const auto old = claims.find(checkpoint.node_id);
  if (old != claims.end() && std::pair(old->second.checkpoint.epoch, old->second.checkpoint.seen) >=
                                 std::pair(checkpoint.epoch, checkpoint.seen)) {
    if (agrees && checkpoint.epoch < epoch() && old->second.checkpoint.epoch == checkpoint.epoch)
      help(checkpoint, now.instant);
    return {};
  }
  const std::optional<std::uint64_t> dissents_in =
      old == claims.end() ? std::nullopt : old->second.dissents_in;
  Claim claim{checkpoint, settings.has_log() ? Bytes{} : to_bytes(entry), now.instant, dissents_in};
  claims.insert_or_assign(checkpoint.node_id, std::move(claim));
  put_claim(checkpoint.node_id);
  if (agrees && checkpoint.epoch < epoch()) help(checkpoint, now.instant);
  if (checkpoint.epoch > epoch() && !settings.has_log()) from->second.heard = now.instant;
  look_for_conflicts(now.instant);
  return {};
}

/// The epoch about whose beginning this claim and we disagree.
std::optional<std::uint64_t> Topic::State::conflict_of(const Claim& claim) const {
  const Checkpoint& theirs = claim.checkpoint;
  const auto mine = history.find(theirs.epoch);
  if (mine != history.end()) {
    if (!theirs.agrees_with(mine->second.checkpoint)) return theirs.epoch;
    const auto next = history.find(theirs.epoch + 1);
    // They read past the commit that began our next epoch, and stayed.
    if (next != history.end() && theirs.seen >= next->second.checkpoint.position) return theirs.epoch + 1;
    return std::nullopt;
  }
  if (theirs.epoch == epoch() + 1 && theirs.position <= seen()) return theirs.epoch;
  return std::nullopt;
}

void Topic::State::look_for_conflicts(Instant now) {
  if (contest || !is_open()) return;
  for (const auto& [node_id, claim] : claims) {
    const auto contested = conflict_of(claim);
    if (!contested || claim.dissents_in == contested) continue;
    contest = Contest{*contested, now + kWeighAfter};
    ask_at = now;
    return;
  }
}

/// What somebody says about the beginning of an epoch, so that equal views are equal bytes.
Bytes Topic::State::view_of(const Checkpoint& checkpoint) const {
  Bytes view = to_bytes(checkpoint.commit_hash.view());
  append(view, checkpoint.authenticator);
  return view;
}

/// Most who have spoken decide. Where it is even, those yield whose epoch did not begin; then those with the
/// higher commit hash: both sides come to the same answer.
Status Topic::State::weigh(Time now) {
  const std::uint64_t contested = contest->epoch;
  contest.reset();
  const auto mine = history.find(contested);
  const Bytes my_view = mine == history.end() ? Bytes{} : view_of(mine->second.checkpoint);
  std::map<Bytes, std::vector<NodeId>> views;
  views[my_view].push_back(self);
  std::uint64_t position = mine == history.end() ? UINT64_MAX : mine->second.checkpoint.position;
  for (const auto& [node_id, claim] : claims)
    if (claim.checkpoint.epoch == contested) position = std::min(position, claim.checkpoint.position);
  for (const auto& [node_id, claim] : claims) {
    const Checkpoint& theirs = claim.checkpoint;
    if (theirs.epoch == contested) views[view_of(theirs)].push_back(node_id);
    if (theirs.epoch < contested && theirs.seen >= position) views[Bytes{}].push_back(node_id);
    // Opened with the key of a later epoch that is ours too.
    if (theirs.epoch > contested && !my_view.empty()) views[my_view].push_back(node_id);
  }
  const auto strength = [](const auto& view) { return view.second.size(); };
  const std::size_t mine_count = views[my_view].size();
  for (const auto& view : views) {
    if (view.first == my_view || strength(view) < mine_count) continue;
    const bool is_even = strength(view) == mine_count;
    const bool we_yield = my_view.empty() || (!view.first.empty() && view.first < my_view);
    if (!is_even || we_yield) return diverge(Diverged::Why::outvoted, now);
  }
  for (const auto& [view, nodes] : views) {
    if (view == my_view) continue;
    for (const NodeId& node_id : nodes) {
      Claim& claim = claims.at(node_id);
      if (claim.dissents_in == contested) continue;
      claim.dissents_in = contested;
      put_claim(node_id);
      events.push_back(Disagreement{node_id, contested});
    }
  }
  look_for_conflicts(now.instant);
  return {};
}

void Topic::State::put_claim(const NodeId& node_id) {
  journal.put(record_key(RecordKind::claim, node_id), claims.at(node_id).save(header.topic_id));
}

void Topic::State::forget_claim(const NodeId& node_id) {
  const NodeId whose = node_id;  // it may be the map's own
  if (claims.erase(whose) != 0) journal.erase(record_key(RecordKind::claim, whose));
}

/// Our checkpoint of this epoch is where it has to be.
void Topic::State::paid(std::uint64_t of_epoch) {
  const auto start = history.find(of_epoch);
  if (start == history.end() || !start->second.owes_checkpoint) return;
  start->second.owes_checkpoint = false;
  journal.put(record_key(RecordKind::epoch, of_epoch), start->second.save());
  if (of_epoch == epoch()) checkpoint_due.reset();
}

/// There are signs of an epoch that has not begun here.
void Topic::State::suspect(Time now) {
  if (!is_open() || suspicion_since) return;
  suspicion_since = now.instant;
  header.suspects_since = now.wall.value_or(WallTime{});
  ask_at = now.instant;
}

/// They are gone.
void Topic::State::calm() {
  suspicion_since.reset();
  header.suspects_since.reset();
}

/// Says where we stand, so that others say where they do.
Status Topic::State::ask(Instant now) {
  ask_at.reset();
  if (suspicion_since || contest) ask_at = now + kAskAgain;
  TAUT_CHECK(publish_checkpoint(epoch(), now));
  if (contest && contest->epoch < epoch()) TAUT_CHECK(publish_checkpoint(contest->epoch, now));
  return {};
}

}  // namespace taut::topic
