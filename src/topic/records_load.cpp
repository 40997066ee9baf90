// The stored form of a topic's parts, and a topic from its records.

#include "mls/message.hpp"
#include "topic/state.hpp"

namespace taut::topic {

namespace {

constexpr std::size_t kSmallBytesMax = 1'024;

void write_node_set(wire::Writer& out, const std::set<NodeId>& node_ids) {
  out.list(node_ids, [](wire::Writer& inner, const NodeId& one) { inner.raw(one.view()); });
}

Result<Outgoing> load_outgoing(ByteView saved) {
  wire::Reader in(saved);
  Outgoing item;
  TAUT_TRY(item.message_id, in.value<MessageId>());
  TAUT_TRY(const ByteView said, in.vector());
  item.said = SecretBytes(said);
  TAUT_TRY(item.sealed_in, in.u64());
  TAUT_TRY(item.entry_id, in.value<SubmissionId>());
  TAUT_TRY(const ByteView entry, in.vector());
  item.entry = to_bytes(entry);
  TAUT_TRY(item.hash, in.value<EntryHash>());
  TAUT_TRY(const auto waiting, in.list([](wire::Reader& inner) { return inner.value<NodeId>(); }));
  item.waiting = {waiting.begin(), waiting.end()};
  TAUT_CHECK(in.finish());
  return item;
}

Result<PendingCommit> load_pending(ByteView saved) {
  wire::Reader in(saved);
  PendingCommit pending;
  TAUT_TRY(pending.entry_id, in.value<SubmissionId>());
  TAUT_TRY(const ByteView entry, in.vector());
  TAUT_TRY(const ByteView body, in.vector());
  pending.entry = to_bytes(entry);
  pending.body = to_bytes(body);
  TAUT_TRY(pending.epoch, in.u64());
  TAUT_TRY(pending.successor, in.value<AccessPublic>());
  TAUT_TRY(pending.wishes, in.list([](wire::Reader& inner) { return inner.u64(); }));
  TAUT_TRY(const bool has_welcome, in.present());
  if (has_welcome) {
    TAUT_TRY(const ByteView welcome, in.vector());
    pending.welcome = to_bytes(welcome);
  }
  TAUT_CHECK(in.finish());
  return pending;
}

Result<EpochStart> load_epoch_start(ByteView saved, const NodeId& self, std::uint64_t epoch) {
  wire::Reader in(saved);
  EpochStart start;
  start.checkpoint.node_id = self;
  start.checkpoint.epoch = epoch;
  TAUT_TRY(start.checkpoint.position, in.u64());
  TAUT_TRY(start.checkpoint.commit_hash, in.value<EntryHash>());
  TAUT_TRY(const ByteView authenticator, in.vector(crypto::kHashBytesMax));
  start.checkpoint.authenticator = to_bytes(authenticator);
  TAUT_TRY(const ByteView key, in.take(CheckpointKey::size_bytes));
  start.key = CheckpointKey(key.first<CheckpointKey::size_bytes>());
  TAUT_TRY(const ByteView access_seed, in.vector(crypto::kHashBytesMax));
  start.access_seed = SecretBytes(access_seed);
  TAUT_TRY(const ByteView commit_entry, in.vector());
  TAUT_TRY(const ByteView order_entry, in.vector());
  start.commit_entry = to_bytes(commit_entry);
  start.order_entry = to_bytes(order_entry);
  TAUT_TRY(start.is_ordered_here, in.present());
  TAUT_TRY(start.owes_checkpoint, in.present());
  TAUT_CHECK(in.finish());
  return start;
}

Result<Invitations> load_invitation(ByteView saved) {
  wire::Reader in(saved);
  Invitations made;
  TAUT_TRY(made.invitation.id, in.value<InvitationId>());
  TAUT_TRY(const ByteView secret, in.take(introduction::InvitationSecret::size_bytes));
  made.invitation.secret =
      introduction::InvitationSecret(secret.first<introduction::InvitationSecret::size_bytes>());
  TAUT_TRY(made.invitation.not_after_s, in.u64());
  TAUT_TRY(made.uses, in.u16());
  TAUT_TRY(made.used, in.u16());
  TAUT_CHECK(in.finish());
  made.invitation.uses = made.uses;
  return made;
}

Result<OutgoingWelcome> load_welcome(ByteView saved) {
  wire::Reader in(saved);
  TAUT_TRY(const ByteView card_bytes, in.vector(identity::kCardBytesMax));
  TAUT_TRY(identity::SignedCard card, identity::SignedCard::parse(card_bytes));
  TAUT_TRY(const SubmissionId entry_id, in.value<SubmissionId>());
  TAUT_TRY(const ByteView entry, in.vector());
  OutgoingWelcome welcome{std::move(card), entry_id, to_bytes(entry)};
  TAUT_TRY(welcome.due.unix_ms, in.u64());
  TAUT_TRY(const std::uint64_t after_s, in.u64());
  welcome.repeat.after =
      std::chrono::seconds(std::min<std::uint64_t>(after_s, kWelcomePauseMax / std::chrono::seconds(1)));
  TAUT_CHECK(in.finish());
  return welcome;
}

Result<Claim> load_claim(ByteView saved, const TopicId& topic_id) {
  wire::Reader in(saved);
  TAUT_TRY(const ByteView tbs, in.vector());
  TAUT_TRY(Checkpoint checkpoint, decode_checkpoint(tbs, topic_id));
  TAUT_TRY(const ByteView entry, in.vector());
  Claim claim{std::move(checkpoint), to_bytes(entry), {}};
  TAUT_TRY(const bool dissents, in.present());
  if (dissents) {
    TAUT_TRY(claim.dissents_in, in.u64());
  }
  TAUT_CHECK(in.finish());
  return claim;
}

Result<Pairing> load_pairing(ByteView saved) {
  wire::Reader in(saved);
  Pairing pairing;
  TAUT_TRY(pairing.left, in.u32());
  TAUT_TRY(pairing.over_at.unix_ms, in.u64());
  TAUT_TRY(const std::uint64_t window_ms, in.u64());
  pairing.window = std::chrono::milliseconds(window_ms);
  TAUT_CHECK(in.finish());
  if (pairing.left == 0) return bad_records();
  return pairing;
}

Result<Declined> load_declined(ByteView saved) {
  wire::Reader in(saved);
  TAUT_TRY(const ByteView ref, in.vector(crypto::kHashBytesMax));
  TAUT_TRY(const std::uint64_t not_after, in.u64());
  TAUT_CHECK(in.finish());
  return Declined{{crypto::Digest(ref)}, {not_after}};
}

Result<Returning> load_returning(ByteView saved) {
  wire::Reader in(saved);
  TAUT_TRY(const ByteView own_bytes, in.vector());
  TAUT_TRY(mls::OwnKeyPackage own, mls::OwnKeyPackage::load(own_bytes));
  TAUT_TRY(const SubmissionId entry_id, in.value<SubmissionId>());
  TAUT_TRY(const ByteView entry, in.vector());
  TAUT_TRY(const std::uint64_t not_after, in.u64());
  TAUT_CHECK(in.finish());
  return Returning{std::move(own), entry_id, to_bytes(entry), {not_after}};
}

}  // namespace

SecretBytes Outgoing::save() const {
  const std::size_t room = said.size() + entry.size() + waiting.size() * NodeId::size_bytes + kSmallBytesMax;
  return mls::secret_written(room, [&](wire::Writer& out) {
    out.raw(message_id.view()).vector(said.expose()).u64(sealed_in).raw(entry_id.view()).vector(entry);
    out.raw(hash.view());
    write_node_set(out, waiting);
  });
}

SecretBytes PendingCommit::save() const {
  const std::size_t room =
      entry.size() + body.size() + (welcome ? welcome->size() : 0) + wishes.size() * 8 + kSmallBytesMax;
  return mls::secret_written(room, [&](wire::Writer& out) {
    out.raw(entry_id.view()).vector(entry).vector(body).u64(epoch).raw(successor.view());
    out.list(wishes, [](wire::Writer& inner, std::uint64_t one) { inner.u64(one); });
    out.present(welcome.has_value());
    if (welcome) out.vector(*welcome);
  });
}

SecretBytes EpochStart::save() const {
  const std::size_t room = commit_entry.size() + order_entry.size() + kSmallBytesMax;
  return mls::secret_written(room, [&](wire::Writer& out) {
    out.u64(checkpoint.position).raw(checkpoint.commit_hash.view()).vector(checkpoint.authenticator);
    out.raw(key.expose()).vector(access_seed.expose()).vector(commit_entry).vector(order_entry);
    out.present(is_ordered_here).present(owes_checkpoint);
  });
}

SecretBytes Invitations::save() const {
  return mls::secret_written(kSmallBytesMax, [&](wire::Writer& out) {
    out.raw(invitation.id.view()).raw(invitation.secret.expose()).u64(invitation.not_after_s);
    out.u16(uses).u16(used);
  });
}

SecretBytes OutgoingWelcome::save() const {
  return mls::secret_written(to.bytes().size() + entry.size() + kSmallBytesMax, [&](wire::Writer& out) {
    out.vector(to.bytes()).raw(entry_id.view()).vector(entry).u64(due.unix_ms);
    out.u64(static_cast<std::uint64_t>(repeat.after / std::chrono::seconds(1)));
  });
}

SecretBytes Claim::save(const TopicId& topic_id) const {
  const Bytes tbs = encode(checkpoint, topic_id);
  return mls::secret_written(tbs.size() + entry.size() + kSmallBytesMax, [&](wire::Writer& out) {
    out.vector(tbs).vector(entry).present(dissents_in.has_value());
    if (dissents_in) out.u64(*dissents_in);
  });
}

SecretBytes Pairing::save() const {
  return mls::secret_written(kSmallBytesMax, [&](wire::Writer& out) {
    out.u32(left).u64(over_at.unix_ms);
    out.u64(static_cast<std::uint64_t>(window / std::chrono::milliseconds(1)));
  });
}

SecretBytes Declined::save() const {
  return mls::secret_written(kSmallBytesMax,
                             [&](wire::Writer& out) { out.vector(ref.hash.view()).u64(not_after.unix_ms); });
}

SecretBytes Returning::save() const {
  const SecretBytes keys = own.save();
  return mls::secret_written(keys.size() + entry.size() + kSmallBytesMax, [&](wire::Writer& out) {
    out.vector(keys.expose()).raw(entry_id.view()).vector(entry).u64(not_after.unix_ms);
  });
}

SecretBytes Header::save() const {
  return mls::secret_written(kSmallBytesMax, [&](wire::Writer& out) {
    out.u8(1).u16(static_cast<std::uint16_t>(suite)).raw(topic_id.view());
    out.u8(static_cast<std::uint8_t>(standing))
        .u64(sequence)
        .u64(joined_in)
        .u64(leaf_since)
        .u64(next_counter);
    out.u64(last_said_in).u64(cursor).u64(next_number).present(is_leaving);
    out.present(suspects_since.has_value());
    if (suspects_since) out.u64(suspects_since->unix_ms);
  });
}

Result<Header> Header::load(ByteView saved) {
  wire::Reader in(saved);
  Header header;
  TAUT_TRY(const std::uint8_t format, in.u8());
  if (format != 1) return fail(Errc::incompatible, reasons::kBadRecords);
  TAUT_TRY(const std::uint16_t suite_number, in.u16());
  const crypto::Suite* suite = crypto::find_suite(suite_number);
  if (suite == nullptr) return bad_records();
  header.suite = suite->id;
  TAUT_TRY(header.topic_id, in.value<TopicId>());
  TAUT_TRY(const std::uint8_t standing, in.u8());
  if (standing > static_cast<std::uint8_t>(Standing::closed)) return bad_records();
  header.standing = static_cast<Standing>(standing);
  TAUT_TRY(header.sequence, in.u64());
  TAUT_TRY(header.joined_in, in.u64());
  TAUT_TRY(header.leaf_since, in.u64());
  TAUT_TRY(header.next_counter, in.u64());
  TAUT_TRY(header.last_said_in, in.u64());
  TAUT_TRY(header.cursor, in.u64());
  TAUT_TRY(header.next_number, in.u64());
  TAUT_TRY(header.is_leaving, in.present());
  TAUT_TRY(const bool suspects, in.present());
  if (suspects) {
    TAUT_TRY(const std::uint64_t since_ms, in.u64());
    header.suspects_since = WallTime{since_ms};
  }
  TAUT_CHECK(in.finish());
  return header;
}

Status Topic::State::load_record(const ParsedKey& key, ByteView value) {
  switch (key.kind) {
    case RecordKind::outbox: {
      TAUT_TRY(const std::uint64_t counter, key.number());
      TAUT_TRY(Outgoing item, load_outgoing(value));
      outbox_bytes += item.said.size();
      outbox.insert_or_assign(counter, std::move(item));
      return {};
    }
    case RecordKind::sender: {
      TAUT_TRY(const NodeId node_id, key.node_id());
      TAUT_TRY(SenderOrder sender, SenderOrder::load(node_id, value));
      senders.insert_or_assign(node_id, std::move(sender));
      return {};
    }
    case RecordKind::held:
    case RecordKind::recent: {
      TAUT_TRY(const auto name, key.node_and_number());
      const auto sender = senders.find(name.first);
      if (sender == senders.end()) return bad_records();
      return key.kind == RecordKind::held ? sender->second.load_held(name.second, value)
                                          : sender->second.load_recent(name.second, value);
    }
    case RecordKind::epoch: {
      TAUT_TRY(const std::uint64_t number, key.number());
      TAUT_TRY(EpochStart start, load_epoch_start(value, self, number));
      history.insert_or_assign(number, std::move(start));
      return {};
    }
    case RecordKind::introduction: {
      TAUT_TRY(const std::uint64_t number, key.number());
      TAUT_TRY(auto one, introduction::read_introduction(value, settings.log_id, header.suite));
      introductions.insert_or_assign(number, std::pair(std::move(one), to_bytes(value)));
      return {};
    }
    case RecordKind::invitation: {
      TAUT_TRY(const std::uint64_t number, key.number());
      TAUT_TRY(Invitations made, load_invitation(value));
      invitations.insert_or_assign(number, std::move(made));
      return {};
    }
    case RecordKind::wish: {
      TAUT_TRY(const std::uint64_t number, key.number());
      TAUT_TRY(Wish wish, load_wish(value, settings.log_id, header.suite));
      wishes.insert_or_assign(number, std::move(wish));
      return {};
    }
    case RecordKind::pending: {
      TAUT_TRY(pending, load_pending(value));
      return {};
    }
    case RecordKind::welcome: {
      TAUT_TRY(const std::uint64_t number, key.number());
      TAUT_TRY(OutgoingWelcome welcome, load_welcome(value));
      welcomes.insert_or_assign(number, std::move(welcome));
      return {};
    }
    case RecordKind::returning: {
      TAUT_TRY(returning, load_returning(value));
      return {};
    }
    case RecordKind::claim: {
      TAUT_TRY(const NodeId node_id, key.node_id());
      TAUT_TRY(Claim claim, load_claim(value, header.topic_id));
      claims.insert_or_assign(node_id, std::move(claim));
      return {};
    }
    case RecordKind::pairing: {
      TAUT_TRY(pairing, load_pairing(value));
      return {};
    }
    case RecordKind::declined: {
      TAUT_TRY(const std::uint64_t number, key.number());
      TAUT_TRY(Declined one, load_declined(value));
      declined.insert_or_assign(number, one);
      return {};
    }
    case RecordKind::mls:
    case RecordKind::header:
    case RecordKind::settings:
    case RecordKind::joining:
      return bad_records();
  }
  return bad_records();
}

Status Topic::State::load(std::vector<Record> records, LoadAs as, Time now) {
  // Senders come before what they hold, by the order of the kinds.
  std::ranges::sort(records, {}, &Record::key);
  std::vector<mls::Record> of_group;
  for (Record& record : records) {
    TAUT_TRY(const ParsedKey key, parse_key(record.key));
    if (key.kind == RecordKind::header || key.kind == RecordKind::settings) continue;
    if (key.kind != RecordKind::mls) {
      TAUT_CHECK(load_record(key, record.value.expose()));
      continue;
    }
    TAUT_TRY(const mls::RecordKey group_key, mls::RecordKey::decode(key.rest));
    of_group.push_back({group_key, std::move(record.value)});
  }
  if (header.standing == Standing::open) authentication.bar({settings.barred.begin(), settings.barred.end()});
  stored_header = header;
  rearm(now);
  if (of_group.empty()) return {};
  if (as == LoadAs::restored) {
    // What a copy knows of keys may have been used since: nothing of it may be used again.
    for (const mls::Record& record : of_group) journal.erase(record_key(record.key));
    return {};
  }
  TAUT_TRY(group, mls::Group::load(hooks(), std::move(of_group), now));
  TAUT_CHECK(read_participants(now.instant));
  look_for_conflicts(now.instant);
  return {};
}

Result<Topic::Begun> Topic::load(Surroundings surroundings, std::vector<Record> records, Time now,
                                 LoadAs as) {
  const auto find = [&](RecordKind kind) {
    const Bytes key = record_key(kind);
    return std::ranges::find_if(records, [&](const Record& one) { return one.key == key; });
  };
  const auto header_record = find(RecordKind::header);
  const auto settings_record = find(RecordKind::settings);
  if (header_record == records.end() || settings_record == records.end()) return bad_records();
  TAUT_TRY(Header header, Header::load(header_record->value.expose()));
  TAUT_TRY(Settings settings, decode_settings(settings_record->value.expose()));
  auto state = std::make_unique<State>(surroundings, std::move(header), std::move(settings));
  TAUT_CHECK(state->load(std::move(records), as, now));
  const bool was_open = state->header.standing == Standing::open;
  if (was_open && as == LoadAs::usual && !state->group) return bad_records();
  if (was_open && as == LoadAs::restored) TAUT_CHECK(state->diverge(Diverged::Why::restored, now));
  TAUT_CHECK(state->tick(now));
  Step step = state->finish();
  return Begun{Topic(std::move(state)), std::move(step)};
}

}  // namespace taut::topic
