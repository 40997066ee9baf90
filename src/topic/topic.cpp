#include "topic/topic.hpp"

#include "introduction/reasons.hpp"
#include "topic/state.hpp"

namespace taut::topic {

namespace {

constexpr std::string_view kFallbackExport = "taut 1 topic fallback";
/// Of a creator's leaf: nobody checks it, a clock need not be known.
constexpr std::chrono::hours kCreatorLife{24 * 90};

}  // namespace

Topic::Topic(std::unique_ptr<State> state) : state_(std::move(state)) {}
Topic::Topic(Topic&&) noexcept = default;
Topic& Topic::operator=(Topic&&) noexcept = default;
Topic::~Topic() = default;

Result<Topic::Begun> Topic::create(Surroundings surroundings, const NewTopic& options, Time now) {
  Random& random = surroundings.random;
  Settings settings;
  settings.log_id = random.make<LogId>();
  settings.wrap_key = random.make<WrapKeyBytes>();
  settings.order = options.order;
  settings.log_epoch = options.log_epoch;
  settings.expires = options.expires;
  settings.name = options.name;
  TAUT_CHECK(check(settings));
  Header header;
  header.suite = options.suite;
  header.topic_id = random.make<TopicId>();
  header.sequence = now.wall ? now.wall->unix_ms : 1;
  const TopicId topic_id = header.topic_id;
  const std::uint64_t sequence = header.sequence;
  TAUT_TRY(const mls::Client client,
           introduction::make_client(surroundings.identity, {options.suite, sequence, topic_id}, random));
  mls::Extensions extensions;
  extensions.set(introduction::kTopicExtension, encode(settings));
  auto state = std::make_unique<State>(surroundings, std::move(header), std::move(settings));
  const mls::Lifetime lifetime = mls::lifetime_from(now.wall.value_or(WallTime{}), kCreatorLife);
  TAUT_TRY(mls::Group group, mls::Group::create(state->hooks(), client, mls::GroupId(topic_id.view()),
                                                lifetime, std::move(extensions)));
  WelcomeLetter beginning;
  TAUT_CHECK(state->adopt(std::move(group), beginning, now));
  state->quiet_until = now.instant;  // nobody else is there
  Step step = state->finish();
  return Begun{Topic(std::move(state)), std::move(step)};
}

Result<Topic::Sealed> Topic::seal(const Content& content, Time now) {
  if (content.type == kLeaving) return fail(Errc::misuse, reasons::kMisuse);
  const auto expires = content.expires.value_or(state_->settings.expires);
  TAUT_TRY(const MessageId message_id, state_->say(content.type, content.body, expires, now));
  return Sealed{message_id, state_->finish()};
}

Result<Step> Topic::welcome(const mls::KeyPackageRef& introduction, Time now) {
  State& state = *state_;
  TAUT_CHECK(state.check_open());
  const auto known = std::ranges::find_if(
      state.introductions, [&](const auto& one) { return one.second.first.key_package_ref == introduction; });
  if (known == state.introductions.end()) return fail(Errc::unavailable, reasons::kBadIntroduction);
  TAUT_CHECK(state.check_admissible(known->second.first, now));
  state.wish({LetIn{std::move(known->second.first), std::move(known->second.second), Admission::asked},
              now.instant});
  state.journal.erase(record_key(RecordKind::introduction, known->first));
  state.introductions.erase(known);
  TAUT_CHECK(state.pump(now));
  return state.finish();
}

Result<Step> Topic::decline(const mls::KeyPackageRef& introduction) {
  State& state = *state_;
  std::erase_if(state.introductions, [&](const auto& one) {
    if (one.second.first.key_package_ref != introduction) return false;
    state.journal.erase(record_key(RecordKind::introduction, one.first));
    state.decline(one.second.first);
    return true;
  });
  return state.finish();
}

Result<Step> Topic::remove(const NodeId& node_id, AfterRemoval after, Time now) {
  State& state = *state_;
  TAUT_CHECK(state.check_open());
  if (node_id == state.self) return leave(now);
  if (!state.participants.contains(node_id) && after == AfterRemoval::may_return)
    return fail(Errc::violation, reasons::kNotMember);
  state.wish({PutOut{node_id, after, Cause::wanted_here}, now.instant});
  TAUT_CHECK(state.pump(now));
  return state.finish();
}

Result<Step> Topic::unbar(const NodeId& node_id, Time now) {
  TAUT_CHECK(state_->check_open());
  state_->wish({Unbar{node_id}, now.instant});
  TAUT_CHECK(state_->pump(now));
  return state_->finish();
}

Result<Step> Topic::leave(Time now) {
  State& state = *state_;
  if (state.header.standing == Standing::diverged || state.participants.size() == 1) {
    state.close(Closed::Why::left, state.self);
    return state.finish();
  }
  TAUT_CHECK(state.check_open());
  if (!state.header.is_leaving) {
    TAUT_CHECK(state.say(kLeaving, {}, std::chrono::seconds(0), now));
    state.header.is_leaving = true;
  }
  return state.finish();
}

Result<Step> Topic::update(Time now) {
  TAUT_CHECK(state_->check_open());
  state_->wish({Renew{}, now.instant});
  TAUT_CHECK(state_->pump(now));
  return state_->finish();
}

Result<Step> Topic::set(const SettingsChange& change, Time now) {
  State& state = *state_;
  TAUT_CHECK(state.check_open());
  const bool keeps_kind = !change.order || change.order->index() == state.settings.order.index();
  if (!keeps_kind) return fail(Errc::misuse, reasons::kMisuse);
  Settings next = state.settings;
  TAUT_CHECK(apply(change, next));
  state.wish({Change{change}, now.instant});
  TAUT_CHECK(state.pump(now));
  return state.finish();
}

Result<Step> Topic::give_up(Time now) {
  static_cast<void>(now);
  if (state_->header.standing != Standing::closed) state_->close(Closed::Why::left, state_->self);
  return state_->finish();
}

Result<Topic::Invited> Topic::invite(const InvitationOptions& options, Time now) {
  State& state = *state_;
  TAUT_CHECK(state.check_open());
  if (state.invitations.size() >= kInvitationCountMax) return fail(Errc::exhausted, reasons::kQuota);
  if (options.life && !now.wall) return fail(Errc::unavailable, reasons::kNotNow);
  Invitations made;
  made.uses = options.uses;
  made.invitation.id = state.surroundings.random.make<InvitationId>();
  made.invitation.secret = state.surroundings.random.make<introduction::InvitationSecret>();
  made.invitation.uses = options.uses;
  if (options.life)
    made.invitation.not_after_s =
        now.wall->unix_ms / 1'000 + static_cast<std::uint64_t>(options.life->count());
  introduction::Locator link = locator();
  link.invitation = introduction::Invitation::copy_of(made.invitation);
  const std::uint64_t number = state.next_number();
  state.journal.put(record_key(RecordKind::invitation, number), made.save());
  state.invitations.emplace(number, std::move(made));
  return Invited{std::move(link), state.finish()};
}

Result<Step> Topic::revoke(const InvitationId& id, Time now) {
  State& state = *state_;
  TAUT_CHECK(state.check_open());
  const auto made = state.find_invitation(id);
  const bool is_own = made != state.invitations.end();
  // A use of it may be under way: then the commit is what stops it.
  if (!is_own || state.admissions_by(id) != 0) {
    state.wish({Revoke{{id, is_own ? made->second.invitation.not_after_s : 0}}, now.instant});
  }
  if (is_own) {
    state.journal.erase(record_key(RecordKind::invitation, made->first));
    state.invitations.erase(made);
  }
  TAUT_CHECK(state.pump(now));
  return state.finish();
}

std::vector<MadeInvitation> Topic::invitations() const {
  std::vector<MadeInvitation> list;
  for (const auto& [number, made] : state_->invitations) {
    const std::uint16_t left = made.uses > made.used ? static_cast<std::uint16_t>(made.uses - made.used) : 0;
    list.push_back({made.invitation.id, made.invitation.not_after_s, left, made.uses == 0});
  }
  return list;
}

Result<Step> Topic::admit(Duration window, std::uint32_t count, Time now) {
  State& state = *state_;
  TAUT_CHECK(state.check_open());
  state.end_pairing();
  if (count == 0 || window <= Duration::zero()) return state.finish();
  const auto window_ms = std::chrono::duration_cast<std::chrono::milliseconds>(window);
  state.pairing = Pairing{now.instant + window, count, now.wall.value_or(WallTime{}) + window_ms, window};
  if (now.wall) state.journal.put(record_key(RecordKind::pairing), state.pairing->save());
  return state.finish();
}

Result<Step> Topic::tick(Time now) {
  TAUT_CHECK(state_->tick(now));
  return state_->finish();
}

Result<Step> Topic::resend(Time now) {
  State& state = *state_;
  for (auto& [counter, item] : state.outbox) item.repeat = {now.instant, state.resend_first(), 0};
  if (state.pending) state.pending->repeat = {now.instant, state.resend_first(), 0};
  if (!state.settings.has_log())
    for (auto& [number, welcome] : state.welcomes) welcome.repeat = {now.instant, state.resend_first(), 0};
  if (state.returning) state.returning->repeat = {now.instant, kResendFirst, 0};
  if (state.checkpoint_due) state.checkpoint_due = now.instant;
  return tick(now);
}

std::optional<Instant> Topic::next_deadline() const { return state_->next_deadline(); }
const TopicId& Topic::id() const { return state_->header.topic_id; }
Standing Topic::standing() const { return state_->header.standing; }
const Settings& Topic::settings() const { return state_->settings; }
std::uint64_t Topic::epoch() const { return state_->epoch(); }
std::uint64_t Topic::cursor() const { return state_->header.cursor; }
std::size_t Topic::outbox_count() const { return state_->outbox.size(); }

std::vector<Member> Topic::members() const {
  std::vector<Member> list;
  for (const auto& [node_id, participant] : state_->participants)
    list.push_back({node_id, participant.leaf.value, participant.acknowledged});
  return list;
}

bool Topic::is_member(const NodeId& node_id) const { return state_->participants.contains(node_id); }

std::vector<const introduction::Introduction*> Topic::introductions() const {
  std::vector<const introduction::Introduction*> list;
  for (const auto& [number, one] : state_->introductions) list.push_back(&one.first);
  return list;
}

introduction::Locator Topic::locator() const {
  const Settings& settings = state_->settings;
  return {settings.log_id,      WrapKey(settings.wrap_key.view()),
          state_->header.suite, state_->self,
          settings.name,        settings.places(),
          std::nullopt};
}

Result<crypto::SignatureKeyPair> Topic::access_key(std::uint64_t epoch) const {
  const auto start = state_->history.find(epoch);
  if (start == state_->history.end()) return fail(Errc::unavailable, reasons::kNotNow);
  return crypto::SignatureKeyPair::from_private(crypto::SignatureId::ed25519,
                                                start->second.access_seed.expose());
}

Result<LogId> Topic::fallback_log() const {
  TAUT_CHECK(state_->check_open());
  TAUT_TRY(const SecretBytes id, state_->group->export_secret(kFallbackExport, {}, LogId::size_bytes));
  return LogId(id.expose().first<LogId::size_bytes>());
}

}  // namespace taut::topic
