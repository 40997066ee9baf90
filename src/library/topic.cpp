#include <taut/topic.hpp>

#include "library/identity.hpp"
#include "library/step.hpp"
#include "topic/joining.hpp"

namespace taut::api {
namespace {

topic::Time core_time(const Time& now) {
  topic::Time time{.instant = {now.monotonic}, .wall = {}};
  if (now.unix_ms) time.wall = WallTime{*now.unix_ms};
  return time;
}

topic::Surroundings surroundings_of(Identity::State& state) {
  return {state.identity.signature_key(), state.card, state.random};
}

Result<Step> step_of(taut::Result<topic::Step> step) {
  if (!step) return failed(step.error());
  return public_step(*std::move(step));
}

std::vector<topic::Record> core_records(const std::vector<Record>& records) {
  std::vector<topic::Record> out;
  for (const Record& record : records) out.push_back({record.key, SecretBytes(ByteView(record.value))});
  return out;
}

/// Records hold keys: this copy of them ends with the call.
class WipedRecords {
 public:
  explicit WipedRecords(std::vector<Record>& records) : records_(records) {}
  WipedRecords(const WipedRecords&) = delete;
  WipedRecords& operator=(const WipedRecords&) = delete;
  ~WipedRecords() {
    for (Record& record : records_) wipe(record.value);
  }

 private:
  std::vector<Record>& records_;
};

taut::Result<mls::KeyPackageRef> introduction_ref(ByteView bytes) {
  if (bytes.size() > crypto::Digest::size_bytes_max) return malformed();
  return mls::KeyPackageRef{crypto::Digest(bytes)};
}

}  // namespace

struct Topic::State {
  std::shared_ptr<Identity::State> identity;  // before what refers to it
  std::variant<topic::Joining, topic::Topic> is;
  std::vector<taut::NodeId> trusted{};

  topic::Topic* topic() { return std::get_if<topic::Topic>(&is); }
  const topic::Topic* topic() const { return std::get_if<topic::Topic>(&is); }

  /// What only a participant can do.
  template <class Call>
  auto inside(Call call) -> decltype(call(*topic())) {
    if (topic() == nullptr) return fail(Errc::unavailable, reasons::kNotNow);
    return call(*topic());
  }
  static Begun begun(std::shared_ptr<Identity::State> with, auto core) {
    if constexpr (requires { core.topic; }) {
      return {Topic(std::make_unique<State>(std::move(with), std::move(core.topic))),
              public_step(std::move(core.step))};
    } else {
      return {Topic(std::make_unique<State>(std::move(with), std::move(core.joining))),
              public_step(std::move(core.step))};
    }
  }
};

Topic::Topic(std::unique_ptr<State> state) : state_(std::move(state)) {}
Topic::Topic(Topic&&) noexcept = default;
Topic& Topic::operator=(Topic&&) noexcept = default;
Topic::~Topic() = default;

// Beginning.

Result<Topic::Begun> Topic::create(const Identity& identity, const TopicOptions& options, const Time& now) {
  topic::CommitterOrder order;
  order.committers.push_back(identity.state()->identity.node_id());
  const topic::NewTopic made{.order = std::move(order), .name = options.name, .expires = options.expires};
  auto core = topic::Topic::create(surroundings_of(*identity.state()), made, core_time(now));
  if (!core) return failed(core.error());
  return State::begun(identity.state(), *std::move(core));
}

Result<Topic::Begun> Topic::join(const Identity& identity, std::string_view link, const Time& now) {
  const auto locator = introduction::locator_from_text(link);
  if (!locator) return failed(locator.error());
  auto core = topic::Joining::begin(surroundings_of(*identity.state()), *locator, core_time(now));
  if (!core) return failed(core.error());
  return State::begun(identity.state(), *std::move(core));
}

Result<Topic::Begun> Topic::load(const Identity& identity, std::vector<Record> records, const Time& now) {
  const WipedRecords wiped(records);
  const topic::Surroundings surroundings = surroundings_of(*identity.state());
  auto joining = topic::Joining::load(surroundings, core_records(records), core_time(now));
  if (joining) return State::begun(identity.state(), topic::Joining::Begun{*std::move(joining), {}});
  auto core = topic::Topic::load(surroundings, core_records(records), core_time(now));
  if (!core) return failed(core.error());
  return State::begun(identity.state(), *std::move(core));
}

Result<void> Topic::trust(std::string_view node) {
  const auto node_id = node_id_from_text(node);
  if (!node_id) return failed(node_id.error());
  state_->trusted.push_back(*node_id);
  return {};
}

// Messages.

Result<Topic::Sealed> Topic::seal(ByteView message, const Time& now) {
  auto core = state_->inside([&](topic::Topic& topic) {
    return topic.seal({.type = topic::ContentType::bytes, .body = to_bytes(message)}, core_time(now));
  });
  if (!core) return failed(core.error());
  Sealed sealed{{}, public_step(std::move(core->step))};
  std::ranges::copy(core->message_id.view(), sealed.message_id.begin());
  return sealed;
}

Result<Step> Topic::open(ByteView entry, const Time& now) {
  if (state_->topic() != nullptr) return step_of(state_->topic()->open(entry, std::nullopt, core_time(now)));
  auto core = std::get<topic::Joining>(state_->is).open(entry, state_->trusted, core_time(now));
  if (!core) return failed(core.error());
  Step step = public_step(std::move(core->step));
  state_->is = std::move(core->topic);
  return step;
}

// Participants.

Result<Step> Topic::welcome(ByteView introduction, const Time& now) {
  const auto ref = introduction_ref(introduction);
  if (!ref) return failed(ref.error());
  return step_of(state_->inside([&](topic::Topic& topic) { return topic.welcome(*ref, core_time(now)); }));
}

Result<Step> Topic::decline(ByteView introduction) {
  const auto ref = introduction_ref(introduction);
  if (!ref) return failed(ref.error());
  return step_of(state_->inside([&](topic::Topic& topic) { return topic.decline(*ref); }));
}

Result<Topic::Invited> Topic::invite(const InvitationOptions& options, const Time& now) {
  auto core = state_->inside([&](topic::Topic& topic) {
    return topic.invite({.uses = options.uses, .life = options.life}, core_time(now));
  });
  if (!core) return failed(core.error());
  auto link = introduction::to_text(core->link);
  if (!link) return failed(link.error());
  return Invited{*std::move(link), public_step(std::move(core->step))};
}

Result<Step> Topic::remove(std::string_view node, AfterRemoval after, const Time& now) {
  const auto node_id = node_id_from_text(node);
  if (!node_id) return failed(node_id.error());
  const bool is_barred = after == AfterRemoval::barred;
  const auto core_after = is_barred ? topic::AfterRemoval::barred : topic::AfterRemoval::may_return;
  return step_of(state_->inside(
      [&](topic::Topic& topic) { return topic.remove(*node_id, core_after, core_time(now)); }));
}

Result<Step> Topic::leave(const Time& now) {
  return step_of(state_->inside([&](topic::Topic& topic) { return topic.leave(core_time(now)); }));
}

Result<Step> Topic::update(const Time& now) {
  return step_of(state_->inside([&](topic::Topic& topic) { return topic.update(core_time(now)); }));
}

// Time.

Result<Step> Topic::tick(const Time& now) {
  return step_of(std::visit([&](auto& core) { return core.tick(core_time(now)); }, state_->is));
}

std::optional<std::chrono::nanoseconds> Topic::next_deadline() const {
  const std::optional<Instant> at =
      std::visit([](const auto& core) { return core.next_deadline(); }, state_->is);
  if (!at) return std::nullopt;
  return at->since_start;
}

// Looking.

Standing Topic::standing() const {
  if (state_->topic() == nullptr) return Standing::joining;
  switch (state_->topic()->standing()) {
    case topic::Standing::open:
      return Standing::open;
    case topic::Standing::diverged:
      return Standing::diverged;
    case topic::Standing::closed:
      return Standing::closed;
  }
  return Standing::closed;
}

std::string Topic::name() const {
  if (state_->topic() != nullptr) return state_->topic()->settings().name;
  return std::get<topic::Joining>(state_->is).link().name;
}

std::vector<NodeId> Topic::members() const {
  std::vector<NodeId> out;
  if (state_->topic() == nullptr) return out;
  for (const topic::Member& member : state_->topic()->members()) out.push_back(to_text(member.node_id));
  return out;
}

std::uint64_t Topic::epoch() const { return state_->topic() == nullptr ? 0 : state_->topic()->epoch(); }

Result<std::string> Topic::link() const {
  if (state_->topic() == nullptr) return failed({Errc::unavailable, reasons::kNotNow});
  auto text = introduction::to_text(state_->topic()->locator());
  if (!text) return failed(text.error());
  return *std::move(text);
}

}  // namespace taut::api
