#include "sim/topic_person.hpp"

#include "base/overloaded.hpp"
#include "topic/records.hpp"

namespace taut::sim {

namespace {

identity::SignedCard signed_card(const identity::Identity& who) {
  return identity::SignedCard::sign(test::card_of(who, test::person(99)), who.signature_key()).value();
}

/// Names of events, for the trace and the tally.
constexpr std::array<std::string_view, 15> kEventNames{
    "received", "gap",      "acknowledged", "unsent",           "introduced",
    "joined",   "removed",  "epoch began",  "settings changed", "undone",
    "closed",   "diverged", "disagreement", "returned",         "refused"};
static_assert(kEventNames.size() == std::variant_size_v<topic::Event>);

}  // namespace

TopicPerson::TopicPerson(Site site, MachineId id, std::uint64_t seed)
    : site_(std::move(site)),
      id_(id),
      random_(seed * 64 + id),
      identity_(test::person(seed * 64 + id + 1)),
      card_(signed_card(identity_)),
      alarm_(site_.schedule, [this] { tick(); }) {
  site_.carrier.add(id_,
                    {card_.node_id(),
                     [this](ByteView entry, std::optional<std::uint64_t> position) { open(entry, position); },
                     [this]() -> std::optional<std::uint64_t> {
                       if (!topic_ || topic_->standing() == topic::Standing::closed) return std::nullopt;
                       return topic_->cursor();
                     }});
}

topic::Time TopicPerson::now() const {
  const Instant at = site_.schedule.now();
  return {at, test::kNow + std::chrono::duration_cast<std::chrono::milliseconds>(at.since_start)};
}

void TopicPerson::create(const topic::NewTopic& options) {
  auto begun = topic::Topic::create(surroundings(), options, now());
  if (!begun) return site_.chronicle.violate("topic_begins", std::string(begun.error().reason.name));
  topic_ = std::move(begun->topic);
  commit({std::move(begun->step), {}, {}, {}});
}

void TopicPerson::join(const introduction::Locator& link) {
  link_ = introduction::Locator::copy_of(link);
  files_.clear();
  unsynced_.clear();
  auto begun = topic::Joining::begin(surroundings(), link, now());
  if (!begun) return site_.chronicle.violate("topic_begins", std::string(begun.error().reason.name));
  joining_ = std::move(begun->joining);
  commit({std::move(begun->step), {}, {}, {}});
}

void TopicPerson::say() {
  if (!is_open()) return;
  std::set<MachineId> audience;
  for (const topic::Member& member : topic_->members())
    if (const auto machine = site_.machine_of(member.node_id)) audience.insert(*machine);
  const SpokenWord word{id_, site_.ledger.next_number(id_)};
  auto sealed = topic_->seal({.body = word.body()}, now());
  if (!sealed) return;
  commit({std::move(sealed->step), word, sealed->message_id, std::move(audience)});
}

void TopicPerson::act(const std::function<Result<topic::Step>(topic::Topic&)>& call) {
  if (!topic_) return;
  Result<topic::Step> step = call(*topic_);
  if (step) commit({*std::move(step), {}, {}, {}});
}

std::optional<introduction::Locator> TopicPerson::invite() {
  if (!is_open()) return std::nullopt;
  auto invited = topic_->invite({}, now());
  if (!invited) return std::nullopt;
  commit({std::move(invited->step), {}, {}, {}});
  sync();  // people give a link away when they see it
  return std::move(invited->link);
}

void TopicPerson::open(ByteView entry, std::optional<std::uint64_t> position) {
  if (joining_) {
    auto begun = joining_->open(entry, {}, now());
    if (!begun) return;
    joining_.reset();
    topic_ = std::move(begun->topic);
    commit({std::move(begun->step), {}, {}, {}});
    site_.carrier.wake(id_);
    return;
  }
  if (!topic_) return;
  Result<topic::Step> step = topic_->open(entry, position, now());
  if (!step && position) step = topic_->skip_to(*position, now());
  if (step) commit({*std::move(step), {}, {}, {}});
}

void TopicPerson::tick() {
  if (!topic_ && !joining_) return;
  Result<topic::Step> step = topic_ ? topic_->tick(now()) : joining_->tick(now());
  if (!step) return site_.chronicle.violate("time_passes", std::string(step.error().reason.name));
  commit({*std::move(step), {}, {}, {}});
}

/// Stored soon; published and shown only then.
void TopicPerson::commit(Waiting waiting) {
  unsynced_.push_back(std::move(waiting));
  arm();
  if (unsynced_.size() > 1) return;
  site_.schedule.after(std::chrono::milliseconds(site_.dice.below(30)), [this, life = life_] {
    if (life == life_) sync();
  });
}

void TopicPerson::sync() {
  for (Waiting& waiting : unsynced_) {
    store(waiting);
    for (const topic::Entry& entry : waiting.step.publish) site_.carrier.publish(id_, entry);
  }
  unsynced_.clear();
  if (std::exchange(must_forget_, false)) forget();
  arm();
}

void TopicPerson::store(Waiting& waiting) {
  for (const Bytes& key : waiting.step.changes.erase) files_.erase(key);
  for (const topic::Record& record : waiting.step.changes.put)
    files_[record.key] = to_bytes(record.value.expose());
  if (waiting.word) site_.ledger.said(*waiting.word, waiting.message_id, std::move(waiting.audience));
  for (const topic::Event& event : waiting.step.events) note(event);
}

void TopicPerson::note(const topic::Event& event) {
  const std::string_view name = kEventNames.at(event.index());
  site_.chronicle.hit("topic event", name);
  std::visit(Overloaded{[&](const topic::MessageReceived& one) { site_.ledger.heard(id_, one); },
                        [&](const topic::Acknowledged& one) { site_.ledger.acknowledged(one.message_id); },
                        [&](const topic::Unsent& one) { site_.ledger.unsent(one.message_id); },
                        [&](const topic::EpochBegan& one) {
                          site_.chronicle.note(id_, name, one.epoch);
                          must_forget_ = forgets_ && one.by != node_id();
                        },
                        [&](const topic::Diverged& one) {
                          site_.chronicle.note(id_, name, static_cast<std::uint64_t>(one.why));
                          site_.ledger.shaken(id_);
                        },
                        [&](const topic::Introduced& one) {
                          site_.chronicle.note(id_, name);
                          site_.on_introduced(id_, one.introduction);
                        },
                        [&](const topic::Gap& one) { site_.chronicle.note(id_, name, one.first, one.count); },
                        [&](const topic::Refused& one) {
                          site_.chronicle.note(id_, name, static_cast<std::uint64_t>(one.kind));
                          site_.chronicle.note(id_, one.reason.name);
                        },
                        [&](const auto&) { site_.chronicle.note(id_, name); }},
             event);
}

std::vector<topic::Record> TopicPerson::records() const {
  std::vector<topic::Record> all;
  for (const auto& [key, value] : files_) all.push_back({key, SecretBytes(ByteView(value))});
  return all;
}

void TopicPerson::crash(Dying how) {
  if (how == Dying::after_it)
    for (Waiting& waiting : unsynced_) store(waiting);
  unsynced_.clear();
  start(topic::LoadAs::usual);
}

void TopicPerson::start(topic::LoadAs as) {
  ++life_;
  topic_.reset();
  joining_.reset();
  if (files_.empty()) {
    if (link_) join(*link_);
    return;
  }
  if (files_.begin()->first.front() == static_cast<Byte>(topic::RecordKind::joining)) {
    auto joining = topic::Joining::load(surroundings(), records(), now());
    if (!joining) return site_.chronicle.violate("files_load", std::string(joining.error().reason.name));
    joining_ = *std::move(joining);
    return arm();
  }
  auto begun = topic::Topic::load(surroundings(), records(), now(), as);
  if (!begun) return site_.chronicle.violate("files_load", std::string(begun.error().reason.name));
  topic_ = std::move(begun->topic);
  commit({std::move(begun->step), {}, {}, {}});
  site_.carrier.wake(id_);
}

void TopicPerson::keep_a_copy() {
  if (is_open()) copy_ = Copy{files_, site_.ledger.ears_of(id_)};
}

bool TopicPerson::restore() {
  if (!copy_ || !is_open()) return false;
  files_ = copy_->files;
  site_.ledger.put_ears(id_, copy_->ears);
  site_.ledger.restored(id_);
  unsynced_.clear();
  start(topic::LoadAs::restored);
  return true;
}

void TopicPerson::arm() {
  alarm_.arm(topic_ ? topic_->next_deadline() : joining_ ? joining_->next_deadline() : std::nullopt);
}

void TopicPerson::forget() {
  const auto is_outgoing = [](const auto& file) {
    return file.first.front() == static_cast<Byte>(topic::RecordKind::outbox);
  };
  if (std::erase_if(files_, is_outgoing) == 0) return;
  start(topic::LoadAs::usual);
}

}  // namespace taut::sim
