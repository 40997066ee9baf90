#include "topic/joining.hpp"

#include "topic/arrival.hpp"

namespace taut::topic {

/// The invitation's PSK, and that somebody used it.
class JoinerPsks final : public mls::PskSource {
 public:
  explicit JoinerPsks(const introduction::Invitation* invitation) : invitation_(invitation) {}

  Result<SecretBytes> external_psk(ByteView psk_id) const override {
    const auto named = introduction::read_psk_id(psk_id);
    if (invitation_ == nullptr || !named || named->id != invitation_->id)
      return mls::refuse(mls::errors::kMissingPsk);
    const introduction::InvitationPsk own = introduction::invitation_psk(invitation_->secret);
    if (!own.equals(named->psk)) return mls::refuse(mls::errors::kMissingPsk);
    is_proven_ = true;
    return SecretBytes(ByteView(own.expose()));
  }
  Result<SecretBytes> resumption_psk(const mls::GroupId&, std::uint64_t) const override {
    return mls::refuse(mls::errors::kMissingPsk);
  }
  bool is_proven() const { return is_proven_; }

 private:
  const introduction::Invitation* invitation_;
  mutable bool is_proven_ = false;
};

struct Joining::State {
  Surroundings surroundings;
  introduction::Locator link;
  Wrapper wrapper;
  std::uint64_t sequence = 0;
  mls::OwnKeyPackage own;
  SubmissionId entry_id;
  Bytes entry;
  WallTime not_after;
  Repeat repeat{};

  Result<SecretBytes> save() const;
  Entry to_publish() const { return {EntryKind::introduction, entry_id, entry, 0, {}, {}}; }
};

namespace {

Bytes joining_key() { return record_key(RecordKind::joining); }

/// A new KeyPackage, and the introduction that goes with it.
template <class State>
Status introduce_with(State& state, WallTime now) {
  state.sequence = std::max(state.sequence + 1, now.unix_ms);
  const introduction::Invitation* invitation = state.link.invitation ? &*state.link.invitation : nullptr;
  TAUT_TRY(PreparedIntroduction made,
           prepare_introduction(state.surroundings,
                                {state.link.suite, state.link.log_id, state.sequence, invitation,
                                 invitation == nullptr ? std::optional(state.link.maker) : std::nullopt},
                                now));
  state.own = std::move(made.own);
  state.not_after = made.not_after;
  state.entry_id = state.surroundings.random.template make<SubmissionId>();
  state.entry = state.wrapper.wrap(EntryKind::introduction, made.introduction, state.surroundings.random);
  return {};
}

}  // namespace

Result<SecretBytes> Joining::State::save() const {
  TAUT_TRY(std::string text, introduction::to_text(link));
  const SecretBytes keys = own.save();
  SecretBytes saved =
      mls::secret_written(text.size() + keys.size() + entry.size() + 256, [&](wire::Writer& out) {
        out.vector(as_bytes(text)).u64(sequence).vector(keys.expose());
        out.raw(entry_id.view()).vector(entry).u64(not_after.unix_ms);
      });
  wipe({reinterpret_cast<Byte*>(text.data()), text.size()});
  return saved;
}

Joining::Joining(std::unique_ptr<State> state) : state_(std::move(state)) {}
Joining::Joining(Joining&&) noexcept = default;
Joining& Joining::operator=(Joining&&) noexcept = default;
Joining::~Joining() = default;

Result<Joining::Begun> Joining::begin(Surroundings surroundings, const introduction::Locator& link,
                                      Time now) {
  if (!now.wall) return fail(Errc::unavailable, reasons::kNotNow);
  TAUT_TRY(mls::OwnKeyPackage first,
           introduction::make_key_package(surroundings.identity, {link.suite, 0, {}},
                                          mls::lifetime_from(*now.wall, introduction::kIntroductionLife),
                                          surroundings.random));
  auto state = std::make_unique<State>(State{surroundings,
                                             introduction::Locator::copy_of(link),
                                             Wrapper(link.wrap_key.expose(), link.log_id),
                                             0,
                                             std::move(first),
                                             {},
                                             {},
                                             {}});
  TAUT_CHECK(introduce_with(*state, *now.wall));
  state->repeat.again(now.instant);
  Step step;
  TAUT_TRY(SecretBytes saved, state->save());
  step.changes.put.push_back({joining_key(), std::move(saved)});
  step.publish.push_back(state->to_publish());
  return Begun{Joining(std::move(state)), std::move(step)};
}

Result<Joining> Joining::load(Surroundings surroundings, std::vector<Record> records, Time now) {
  if (records.size() != 1 || records.front().key != joining_key()) return bad_records();
  wire::Reader in(records.front().value.expose());
  TAUT_TRY(const ByteView text, in.vector());
  TAUT_TRY(introduction::Locator link, introduction::locator_from_text(as_text(text)));
  TAUT_TRY(const std::uint64_t sequence, in.u64());
  TAUT_TRY(const ByteView keys, in.vector());
  TAUT_TRY(mls::OwnKeyPackage own, mls::OwnKeyPackage::load(keys));
  TAUT_TRY(const SubmissionId entry_id, in.value<SubmissionId>());
  TAUT_TRY(const ByteView entry, in.vector());
  TAUT_TRY(const std::uint64_t not_after, in.u64());
  TAUT_CHECK(in.finish());
  Wrapper wrapper(link.wrap_key.expose(), link.log_id);
  auto state = std::make_unique<State>(State{surroundings,
                                             std::move(link),
                                             std::move(wrapper),
                                             sequence,
                                             std::move(own),
                                             entry_id,
                                             to_bytes(entry),
                                             {not_after}});
  state->repeat.at = now.instant;
  return Joining(std::move(state));
}

Result<Topic::Begun> Joining::open(ByteView entry, std::span<const NodeId> trusted, Time now) {
  const introduction::Locator& to = state_->link;
  TAUT_TRY(const EntryBody body, state_->wrapper.unwrap(entry));
  if (body.kind != EntryKind::welcome) return fail(Errc::unavailable, reasons::kNotNow);
  TAUT_TRY(const WelcomeLetter letter, read_letter(body.body));
  if (letter.log_id != to.log_id) return fail(Errc::unauthentic, reasons::kBadWelcome);

  // The hooks of the group that stays live in the topic's state, so the first look uses hooks of its own.
  const JoinerPsks psks(to.invitation ? &*to.invitation : nullptr);
  const introduction::LeafAuthentication authentication;
  const mls::Hooks hooks{
      .random = state_->surroundings.random, .authentication = authentication, .psks = psks};
  TAUT_TRY(mls::Group seen, mls::Group::join(hooks, state_->own, letter.welcome));
  TAUT_TRY(Settings settings, check_arrival(seen, letter));
  if (settings.log_id != to.log_id || !equal(settings.wrap_key.view(), to.wrap_key.expose()))
    return fail(Errc::unauthentic, reasons::kBadWelcome);
  const NodeId welcomer = letter.welcomer();
  const bool is_known = to.invitation
                            ? psks.is_proven()
                            : welcomer == to.maker || std::ranges::find(trusted, welcomer) != trusted.end();
  if (!is_known) {
    retire_soon(state_->not_after, now.wall);
    return fail(Errc::unauthentic, reasons::kUnknownWelcomer);
  }
  TAUT_TRY(const TopicId topic_id, introduction::topic_id_of(seen.context().group_id));
  Header header;
  header.suite = to.suite;
  header.topic_id = topic_id;
  header.sequence = state_->sequence;
  auto topic = std::make_unique<Topic::State>(state_->surroundings, std::move(header), std::move(settings));
  TAUT_TRY(mls::Group group, mls::Group::load(topic->hooks(), seen.save(), now));
  TAUT_CHECK(topic->adopt(std::move(group), letter, now));
  topic->journal.erase(joining_key());
  Step step = topic->finish();
  return Topic::Begun{Topic(std::move(topic)), std::move(step)};
}

Result<Step> Joining::tick(Time now) {
  Step step;
  if (now.wall && *now.wall > state_->not_after) {
    TAUT_CHECK(introduce_with(*state_, *now.wall));
    TAUT_TRY(SecretBytes saved, state_->save());
    step.changes.put.push_back({joining_key(), std::move(saved)});
    state_->repeat = {now.instant};
  }
  if (state_->repeat.at > now.instant) return step;
  state_->repeat.again(now.instant);
  step.publish.push_back(state_->to_publish());
  return step;
}

std::optional<Instant> Joining::next_deadline() const { return state_->repeat.at; }
const introduction::Locator& Joining::link() const { return state_->link; }
const mls::KeyPackageRef& Joining::key_package_ref() const { return state_->own.ref; }

}  // namespace taut::topic
