// Commits: made of wishes, checked against the rules of a topic, merged when their place is certain.

#include "base/overloaded.hpp"
#include "introduction/reasons.hpp"
#include "topic/state.hpp"

namespace taut::topic {

namespace {

constexpr std::size_t kWishesPerCommitMax = 32;

const introduction::Introduction* asks_to_join(const Wish& wish) {
  const auto* let_in = std::get_if<LetIn>(&wish.what);
  return let_in == nullptr ? nullptr : &let_in->introduction;
}

std::uint64_t expiry_of(const mls::KeyPackage& key_package) {
  const auto* lifetime = std::get_if<mls::Lifetime>(&key_package.leaf_node.from);
  return lifetime == nullptr ? 0 : lifetime->not_after_s;
}

void remember_used(Settings& settings, const introduction::Introduction& introduction) {
  if (settings.used.size() == kUsedCountMax)
    settings.used.erase(std::ranges::min_element(settings.used, {}, &UsedKeyPackage::not_after_s));
  settings.used.push_back({introduction.key_package_ref, expiry_of(introduction.key_package)});
}

/// The proposals of one commit, and the settings that follow from them.
struct Draft {
  mls::CommitOptions options;
  Settings settings;

  Status bar(const NodeId& node_id) {
    if (settings.is_barred(node_id)) return {};
    if (settings.barred.size() == kBarredCountMax) return fail(Errc::exhausted, reasons::kQuota);
    settings.barred.push_back(node_id);
    std::ranges::sort(settings.barred);
    return {};
  }
  void revoke(const RevokedInvitation& one) {
    if (settings.is_revoked(one.id)) return;
    if (settings.revoked.size() == kRevokedCountMax) settings.revoked.erase(settings.revoked.begin());
    settings.revoked.push_back(one);
  }
};

}  // namespace

void Topic::State::wish(Wish one) {
  const std::uint64_t number = next_number();
  journal.put(record_key(RecordKind::wish, number), one.save());
  wishes.emplace(number, std::move(one));
}

void Topic::State::drop_wish(std::uint64_t number, std::optional<Reason> reason) {
  const auto found = wishes.find(number);
  if (found == wishes.end()) return;
  if (reason && !found->second.is_duty()) events.push_back(undone(found->second, *reason));
  wishes.erase(found);
  journal.erase(record_key(RecordKind::wish, number));
}

/// Why a wish makes no sense in the epoch that is; an empty name: it has come true.
std::optional<Reason> Topic::State::void_reason(const Wish& wish, Time now) const {
  constexpr Reason kDone{};
  if (const auto* introduction = asks_to_join(wish)) {
    const auto member = participants.find(introduction->node_id());
    const bool is_there = member != participants.end();
    if (is_there && member->second.certificate.sequence == introduction->certificate_sequence) return kDone;
    const Status admissible = check_admissible(*introduction, now);
    return admissible ? std::nullopt : std::optional(admissible.error().reason);
  }
  if (const auto* put_out = std::get_if<PutOut>(&wish.what)) {
    const bool is_out = !participants.contains(put_out->node_id);
    const bool is_barred = settings.is_barred(put_out->node_id);
    return is_out && (put_out->after == AfterRemoval::may_return || is_barred) ? std::optional(kDone)
                                                                               : std::nullopt;
  }
  if (const auto* unbar = std::get_if<Unbar>(&wish.what))
    return settings.is_barred(unbar->node_id) ? std::nullopt : std::optional(kDone);
  if (const auto* revoke = std::get_if<Revoke>(&wish.what))
    return settings.is_revoked(revoke->invitation.id) ? std::optional(kDone) : std::nullopt;
  return std::nullopt;
}

bool Topic::State::is_move(const Wish& wish) const {
  const auto* wanted = std::get_if<Change>(&wish.what);
  if (wanted == nullptr || !wanted->change.order) return false;
  Settings next = settings;
  next.order = *wanted->change.order;
  return topic::is_move(settings, next);
}

/// Those that are due and fit into one commit: everyone who joins by it must know every PSK in it.
std::vector<std::uint64_t> Topic::State::choose_wishes(Time now) {
  std::vector<std::uint64_t> chosen;
  const introduction::Introduction* first = nullptr;
  std::set<NodeId> named;
  for (auto at = wishes.begin(); at != wishes.end() && chosen.size() < kWishesPerCommitMax;) {
    const auto [number, wish] = std::pair(at->first, &at->second);
    ++at;
    if (const auto reason = void_reason(*wish, now)) {
      drop_wish(number, reason->name.empty() ? std::nullopt : reason);
      continue;
    }
    if (wish->due > now.instant) continue;
    if (is_move(*wish)) {  // alone: who joins by a commit asked at the home that was
      if (chosen.empty()) return {number};
      continue;
    }
    if (const auto* introduction = asks_to_join(*wish)) {
      if (first != nullptr && first->invitation_id != introduction->invitation_id) continue;
      if (!named.insert(introduction->node_id()).second) continue;
      first = introduction;
    }
    if (const auto* put_out = std::get_if<PutOut>(&wish->what))
      if (!named.insert(put_out->node_id).second) continue;
    chosen.push_back(number);
  }
  return chosen;
}

Status Topic::State::commit_wishes(Time now) {
  if (!is_open() || pending || wishes.empty()) return {};
  const std::vector<std::uint64_t> chosen = choose_wishes(now);
  if (chosen.empty() || commit_these(chosen, now)) return {};
  // One of them cannot be: whichever can goes alone, and the others have their turn.
  for (const std::uint64_t number : chosen) {
    const Status made = commit_these({number}, now);
    if (made) return {};
    drop_wish(number, made.error().reason);
  }
  return {};
}

Status Topic::State::commit_these(const std::vector<std::uint64_t>& chosen, Time now) {
  Draft draft{{}, settings};
  draft.settings.prune(now.wall);
  const auto remove = [&](const NodeId& node_id) {
    if (const auto member = participants.find(node_id); member != participants.end())
      draft.options.proposals.push_back({mls::Remove{member->second.leaf}});
  };
  std::set<InvitationId> proven;
  const auto let_in = [&](const LetIn& one) -> Status {
    const introduction::Introduction& asks = one.introduction;
    remove(asks.node_id());
    draft.options.proposals.push_back({mls::Add{asks.key_package}});
    remember_used(draft.settings, asks);
    if (one.admission != Admission::invited || !proven.insert(*asks.invitation_id).second) return {};
    const auto made = find_invitation(*asks.invitation_id);
    if (made == invitations.end()) return fail(Errc::violation, reasons::kBadInvitation);
    Bytes nonce(crypto::hash_size(crypto::suite(header.suite).hash));
    surroundings.random.fill(nonce);
    const Bytes psk_id = introduction::psk_id_bytes(
        {*asks.invitation_id, introduction::invitation_psk(made->second.invitation.secret)});
    draft.options.proposals.push_back({mls::PreSharedKey{{mls::ExternalPskId{psk_id}, std::move(nonce)}}});
    return {};
  };
  for (const std::uint64_t number : chosen) {
    TAUT_CHECK(std::visit(Overloaded{
                              let_in,
                              [&](const PutOut& one) -> Status {
                                remove(one.node_id);
                                return one.after == AfterRemoval::barred ? draft.bar(one.node_id) : Status();
                              },
                              [&](const Unbar& one) -> Status {
                                std::erase(draft.settings.barred, one.node_id);
                                return {};
                              },
                              [](const Renew&) -> Status { return {}; },
                              [&](const Change& one) -> Status { return apply(one.change, draft.settings); },
                              [&](const Revoke& one) -> Status {
                                draft.revoke(one.invitation);
                                return {};
                              },
                          },
                          wishes.at(number).what));
  }
  if (topic::is_move(settings, draft.settings)) move_log(draft.settings, epoch() + 1, surroundings.random);
  if (draft.settings != settings) {
    mls::Extensions extensions = group->context().extensions;
    extensions.set(introduction::kTopicExtension, encode(draft.settings));
    draft.options.proposals.push_back({mls::GroupContextExtensions{std::move(extensions)}});
  }
  TAUT_TRY(mls::SentCommit sent, group->commit(std::move(draft.options), now));
  PendingCommit made;
  made.body = std::move(sent.commit);
  made.welcome = std::move(sent.welcome);
  made.wishes = chosen;
  made.epoch = epoch();
  made.entry_id = surroundings.random.make<SubmissionId>();
  made.entry = wrapper.wrap(EntryKind::commit, made.body, surroundings.random);
  made.since = now.instant;
  made.repeat = {now.instant + resend_first(), resend_first() * 2, 0};
  TAUT_TRY(const SecretBytes seed, group->export_pending_secret(kAccessExport, {}, 32));
  TAUT_TRY(const auto key,
           crypto::SignatureKeyPair::from_private(crypto::SignatureId::ed25519, seed.expose()));
  made.successor = AccessPublic(key.public_key.bytes.view().first<AccessPublic::size_bytes>());
  journal.put(record_key(RecordKind::pending), made.save());
  publish.push_back({EntryKind::commit, made.entry_id, made.entry, made.epoch, made.successor, {}});
  pending = std::move(made);
  return {};
}

/// The rules of a topic, beside those of MLS and of LeafAuthentication. They depend on the commit and on the
/// state of the group alone: every member, the removed one too, comes to the same answer.
Status Topic::State::check_commit(const mls::CommitEffects& effects) const {
  if (effects.reinit || effects.committer.type() != mls::SenderType::member)
    return mls::refuse(mls::errors::kNotPermitted);
  if (effects.new_extensions) {
    const auto next = settings_of(*effects.new_extensions);
    if (!next || !may_follow(settings, *next, epoch() + 1)) return mls::refuse(mls::errors::kNotPermitted);
  }
  std::set<NodeId> members;
  for (const auto& [leaf, node_id] : by_leaf)
    if (std::ranges::find(effects.removed, leaf) == effects.removed.end()) members.insert(node_id);
  for (const mls::Credential& credential : effects.added_credentials) {
    TAUT_TRY(const introduction::LeafCertificate certificate, introduction::read_certificate(credential));
    if (!members.insert(certificate.node_id()).second) return mls::refuse(mls::errors::kNotPermitted);
  }
  return {};
}

Result<mls::StagedCommit> Topic::State::stage(ByteView body, Time now) {
  TAUT_TRY(mls::Received received, group->receive(body, now));
  auto* staged = std::get_if<mls::StagedCommit>(&received);
  if (staged == nullptr) return fail(Errc::violation, reasons::kNotNow);
  TAUT_CHECK(check_commit(staged->effects()));
  return std::move(*staged);
}

Status Topic::State::take_commit(ByteView body, ByteView entry, const MessageFrame& frame,
                                 std::optional<std::uint64_t> position, Time now) {
  if (frame.epoch < epoch()) return {};  // it lost, or it is known
  if (frame.epoch > epoch()) {
    suspect(now);
    hold_early(frame.epoch, entry);
    return {};
  }
  if (settings.has_log()) {
    if (!position) return fail(Errc::violation, reasons::kOutOfOrder);
    TAUT_TRY(mls::StagedCommit staged, stage(body, now));
    return merge(std::move(staged), body, *position, now);
  }
  const EntryHash hash = hash_body(body);
  if (bad_offers.contains(hash) || (pending && hash == hash_body(pending->body))) return {};
  if (std::ranges::any_of(offers, [&](const auto& one) { return one.first == hash; })) return {};
  if (offers.size() == kOfferCountMax) offers.erase(offers.begin());
  offers.emplace_back(hash, Offer{to_bytes(entry), to_bytes(body), now.instant});
  return {};
}

Status Topic::State::merge(mls::StagedCommit staged, ByteView body, std::uint64_t position, Time now) {
  const mls::CommitEffects effects = staged.effects();
  const NodeId by = by_leaf.at(effects.committer_leaf);
  std::optional<PendingCommit> own;
  if (staged.is_own()) own = std::move(pending);
  pending.reset();
  journal.erase(record_key(RecordKind::pending));
  TAUT_CHECK(group->merge(std::move(staged), now));
  if (effects.removes_me) {
    close(header.is_leaving ? Closed::Why::left : Closed::Why::removed, by);
    return {};
  }
  if (effects.new_extensions) {
    TAUT_TRY(Settings next, settings_of(*effects.new_extensions));
    const bool moves = topic::is_move(settings, next);
    settings = std::move(next);
    if (moves) leave_log();
    journal.put(record_key(RecordKind::settings), SecretBytes(ByteView(encode(settings))));
    authentication.bar({settings.barred.begin(), settings.barred.end()});
    events.push_back(SettingsChanged{by});
  }
  events.push_back(EpochBegan{epoch(), by});
  change_members(effects, by);
  TAUT_CHECK(read_participants(now.instant));
  // In a large topic some speak for all: as many as make a dispatcher with two histories give up.
  const bool speaks = surroundings.random.u64() % participants.size() < kCheckpointersAim;
  TAUT_CHECK(begin_epoch(position, hash_body(body), speaks ? Speaking::yes : Speaking::no, now.instant));
  heard(by, epoch(), now.instant);
  offers.clear();
  bad_offers.clear();
  stuck_before.reset();
  calm();
  if (!settings.has_log() && !acknowledge_at) acknowledge_at = now.instant + kAcknowledgeAfter;
  if (own) {
    finish_wishes(*own);
    TAUT_CHECK(send_welcomes(*own, now));
    for (const std::uint64_t number : own->wishes) drop_wish(number, std::nullopt);
  }
  review_introductions(now);
  return reseal(now);
}

/// What was said at the home that was is over: who asked there asks again, with a new link.
void Topic::State::leave_log() {
  wrapper = Wrapper(settings.wrap_key.view(), settings.log_id);
  header.cursor = std::max(header.cursor, settings.log_base());
  for (const auto& [number, one] : introductions) journal.erase(record_key(RecordKind::introduction, number));
  introductions.clear();
  for (const auto& [number, one] : invitations) journal.erase(record_key(RecordKind::invitation, number));
  invitations.clear();
  for (auto at = wishes.begin(); at != wishes.end();) {
    const auto [number, asks] = std::pair(at->first, asks_to_join(at->second));
    ++at;
    if (asks != nullptr) drop_wish(number, reasons::kMoved);
  }
}

void Topic::State::change_members(const mls::CommitEffects& effects, const NodeId& by) {
  std::set<NodeId> added;
  for (const mls::Credential& credential : effects.added_credentials)
    if (const auto certificate = introduction::read_certificate(credential))
      added.insert(certificate->node_id());
  for (const mls::LeafIndex leaf : effects.removed) {
    const NodeId node_id = by_leaf.at(leaf);
    by_leaf.erase(leaf);
    participants.erase(node_id);
    forget_claim(node_id);
    gap_at.erase(node_id);
    events.push_back(Removed{node_id, by, epoch()});
    for (auto item = outbox.begin(); item != outbox.end();) {
      const auto here = item++;
      if (settings.has_log()) continue;
      here->second.waiting.erase(node_id);
      if (here->second.waiting.empty())
        acknowledged(here);
      else  // what it acknowledged is not stored
        journal.put(record_key(RecordKind::outbox, here->first), here->second.save());
    }
    if (added.contains(node_id)) continue;
    if (const auto sender = senders.find(node_id); sender != senders.end()) {
      sender->second.forget(journal);
      senders.erase(sender);
    }
  }
  for (const mls::Credential& credential : effects.added_credentials) {
    const auto certificate = introduction::read_certificate(credential);
    if (!certificate) continue;
    const NodeId node_id = certificate->node_id();
    const auto sender =
        senders.try_emplace(node_id, node_id, certificate->sequence, SenderOrder::Since::after_us).first;
    sender->second.start_again(certificate->sequence, SenderOrder::Since::after_us, journal);
    events.push_back(Joined{node_id, by, epoch()});
  }
}

/// Invitations are used up when the commit holds, and not before.
void Topic::State::finish_wishes(const PendingCommit& own) {
  for (const std::uint64_t number : own.wishes) {
    const auto wish = wishes.find(number);
    if (wish == wishes.end()) continue;
    const auto* let_in = std::get_if<LetIn>(&wish->second.what);
    if (let_in == nullptr || let_in->admission != Admission::invited) continue;
    const auto made = find_invitation(*let_in->introduction.invitation_id);
    if (made == invitations.end()) continue;
    if (made->second.used < UINT16_MAX) ++made->second.used;
    if (made->second.uses != 0 && made->second.used >= made->second.uses) {
      journal.erase(record_key(RecordKind::invitation, made->first));
      invitations.erase(made);
    } else {
      journal.put(record_key(RecordKind::invitation, made->first), made->second.save());
    }
  }
}

Status Topic::State::send_welcomes(const PendingCommit& own, Time now) {
  if (!own.welcome) return {};
  const EpochStart& start = history.at(epoch());
  const WelcomeLetter letter{
      surroundings.identity.public_key, settings.log_id, epoch(), start.checkpoint.position,
      start.checkpoint.commit_hash,     *own.welcome};
  TAUT_TRY(const Bytes signed_letter, sign_letter(letter, surroundings.identity));
  for (const std::uint64_t number : own.wishes) {
    const auto wish = wishes.find(number);
    const auto* asks = wish == wishes.end() ? nullptr : asks_to_join(wish->second);
    if (asks == nullptr) continue;
    OutgoingWelcome welcome{asks->card, surroundings.random.make<SubmissionId>(),
                            wrapper.wrap(EntryKind::welcome, signed_letter, surroundings.random)};
    welcome.repeat.after = resend_first();
    welcome.again(now, welcome_pause_max());
    const std::uint64_t welcome_number = next_number();
    journal.put(record_key(RecordKind::welcome, welcome_number), welcome.save());
    publish.push_back({EntryKind::welcome, welcome.entry_id, welcome.entry, epoch(), {}, welcome.to});
    welcomes.emplace(welcome_number, std::move(welcome));
  }
  return {};
}

}  // namespace taut::topic
