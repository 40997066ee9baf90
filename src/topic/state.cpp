#include "topic/state.hpp"

namespace taut::topic {

namespace {

constexpr std::string_view kCheckpointExport = "taut 1 topic checkpoint";

}  // namespace

Topic::State::State(Surroundings around, Header first, Settings agreed)
    : surroundings(around),
      header(std::move(first)),
      settings(std::move(agreed)),
      wrapper(settings.wrap_key.view(), settings.log_id),
      self(surroundings.card.node_id()),
      authentication(header.topic_id),
      psks(settings) {}

Step Topic::State::finish() {
  if (group) journal.take_from(*group);
  // Every version of a topic is loaded by all processes that have it: no new one without a change.
  if (stored_header != header) {
    journal.put(record_key(RecordKind::header), header.save());
    stored_header = header;
  }
  return {journal.take(), std::exchange(publish, {}), std::exchange(events, {})};
}

Result<SecretBytes> MemberPsks::external_psk(ByteView psk_id) const {
  const auto known = introduction::read_psk_id(psk_id);
  if (!known || settings_.is_revoked(known->id)) return mls::refuse(mls::errors::kMissingPsk);
  return SecretBytes(ByteView(known->psk.expose()));
}

Result<SecretBytes> MemberPsks::resumption_psk(const mls::GroupId&, std::uint64_t) const {
  return mls::refuse(mls::errors::kMissingPsk);
}

Instant Topic::State::random_instant(Instant now, Duration within) {
  const auto span = static_cast<std::uint64_t>(within.count());
  return now + Duration(static_cast<std::int64_t>(surroundings.random.u64() % (span + 1)));
}

Entry Topic::State::entry_of(EntryKind kind, Bytes bytes) {
  return {kind, surroundings.random.make<SubmissionId>(), std::move(bytes), epoch(), {}, {}};
}

Status Topic::State::check_open() const {
  switch (header.standing) {
    case Standing::open:
      return {};
    case Standing::diverged:
      return fail(Errc::unavailable, reasons::kDiverged);
    case Standing::closed:
      return fail(Errc::violation, reasons::kTopicClosed);
  }
  return fail(Errc::misuse, reasons::kMisuse);
}

/// The membership that a Welcome, or a creation, begins.
Status Topic::State::adopt(mls::Group joined, const WelcomeLetter& letter, Time now) {
  group = std::move(joined);
  for (mls::Record& record : group->save()) journal.put(record_key(record.key), std::move(record.value));
  TAUT_TRY(settings, settings_of(group->context().extensions));
  journal.put(record_key(RecordKind::settings), SecretBytes(ByteView(encode(settings))));
  authentication.bar({settings.barred.begin(), settings.barred.end()});
  if (header.standing == Standing::open) header.joined_in = epoch();
  header.standing = Standing::open;
  header.leaf_since = epoch();
  header.next_counter = 0;
  header.cursor = settings.has_log() ? std::max({header.cursor, letter.position, settings.log_base()}) : 0;
  participants.clear();
  by_leaf.clear();
  TAUT_CHECK(read_participants(now.instant));
  for (auto& [node_id, participant] : participants) {
    const auto [at, is_new] = senders.try_emplace(node_id, node_id, participant.certificate.sequence,
                                                  SenderOrder::Since::before_us);
    at->second.start_again(participant.certificate.sequence, SenderOrder::Since::before_us, journal);
  }
  for (const auto& [number, start] : history) journal.erase(record_key(RecordKind::epoch, number));
  history.clear();
  while (!claims.empty()) forget_claim(claims.begin()->first);
  contest.reset();
  calm();
  stuck_before.reset();
  quiet_until = now.instant + kDutySpread;
  return begin_epoch(letter.position, letter.commit_hash, Speaking::yes, now.instant);
}

/// From the tree: every leaf's certificate was verified when it came in.
Status Topic::State::read_participants(Instant now) {
  for (const mls::LeafIndex leaf : group->members()) {
    if (by_leaf.contains(leaf)) continue;
    const mls::Credential& credential = group->member(leaf)->credential;
    TAUT_TRY(introduction::LeafCertificate certificate, introduction::read_certificate(credential));
    const NodeId node_id = certificate.node_id();
    participants.insert_or_assign(node_id, Participant{leaf, std::move(certificate), credential, 0, 0, now});
    by_leaf[leaf] = node_id;
  }
  return {};
}

/// Remembers how the epoch began that the group is in now.
Status Topic::State::begin_epoch(std::uint64_t position, const EntryHash& commit_hash, Speaking speaking,
                                 Instant now) {
  TAUT_TRY(const SecretBytes key, group->export_secret(kCheckpointExport, {}, CheckpointKey::size_bytes));
  TAUT_TRY(SecretBytes access_seed, group->export_secret(kAccessExport, {}, 32));
  EpochStart start{{self, epoch(), position, commit_hash, to_bytes(group->epoch_authenticator()), 0},
                   CheckpointKey(key.expose().first<CheckpointKey::size_bytes>()),
                   std::move(access_seed),
                   {},
                   {}};
  start.owes_checkpoint = speaking == Speaking::yes;
  if (start.owes_checkpoint) checkpoint_due = random_instant(now, kDutySpread);
  journal.put(record_key(RecordKind::epoch, epoch()), start.save());
  history.insert_or_assign(epoch(), std::move(start));
  while (history.size() > kHistoryCountMax) {
    journal.erase(record_key(RecordKind::epoch, history.begin()->first));
    history.erase(history.begin());
  }
  return {};
}

/// Ratchets, trees and keys of the group are erased.
void Topic::State::drop_group() {
  if (!group) return;
  journal.take_from(*group);  // what it erased since it was last stored goes, too
  for (const mls::Record& record : group->save()) journal.erase(record_key(record.key));
  group.reset();
}

void Topic::State::close(Closed::Why why, const NodeId& by) {
  header.standing = Standing::closed;
  while (!outbox.empty()) unsend(outbox.begin(), reasons::kTopicClosed);
  for (const auto& [number, wish] : wishes) {
    journal.erase(record_key(RecordKind::wish, number));
    if (!wish.is_duty()) events.push_back(undone(wish, reasons::kTopicClosed));
  }
  wishes.clear();
  for (const auto& [node_id, sender] : senders) sender.forget(journal);
  senders.clear();
  for (const auto& [number, one] : introductions) journal.erase(record_key(RecordKind::introduction, number));
  introductions.clear();
  for (const auto& [number, one] : declined) journal.erase(record_key(RecordKind::declined, number));
  declined.clear();
  while (!claims.empty()) forget_claim(claims.begin()->first);
  journal.erase(record_key(RecordKind::pairing));
  pairing.reset();
  for (const auto& [number, one] : invitations) journal.erase(record_key(RecordKind::invitation, number));
  invitations.clear();
  for (const auto& [number, one] : welcomes) journal.erase(record_key(RecordKind::welcome, number));
  welcomes.clear();
  for (const auto& [number, one] : history) journal.erase(record_key(RecordKind::epoch, number));
  history.clear();
  journal.erase(record_key(RecordKind::pending));
  pending.reset();
  journal.erase(record_key(RecordKind::returning));
  returning.reset();
  offers.clear();
  early.clear();
  contest.reset();
  checkpoint_due.reset();
  calm();
  acknowledge_at.reset();
  drop_group();
  events.push_back(Closed{why, by});
}

void Topic::State::heard(const NodeId& node_id, std::uint64_t in_epoch, Instant now) {
  const auto found = participants.find(node_id);
  if (found == participants.end()) return;
  if (!settings.has_log() && now - found->second.heard >= kSilence) {
    for (auto& [counter, item] : outbox)
      if (item.waiting.contains(node_id)) item.repeat = {now, kResendFirst, item.repeat.count};
  }
  found->second.heard = now;
  found->second.reached = std::max(found->second.reached, in_epoch);
  std::erase_if(welcomes, [&](const auto& one) {
    if (one.second.to.node_id() != node_id) return false;
    journal.erase(record_key(RecordKind::welcome, one.first));
    return true;
  });
}

}  // namespace taut::topic
