#include "world.hpp"

namespace taut::topic::test {

namespace {

std::uint64_t seed_of(const std::string& name) {
  std::uint64_t seed = 77;
  for (const char c : name) seed = seed * 131 + static_cast<unsigned char>(c);
  return seed;
}

identity::SignedCard card_of(const identity::Identity& who, const std::string& name) {
  identity::Card card = taut::test::card_of(who, taut::test::person(99));
  card.name = name;
  return must(identity::SignedCard::sign(card, who.signature_key()));
}

}  // namespace

Person::Person(std::string named, std::uint64_t seed)
    : name(std::move(named)),
      identity(taut::test::person(seed)),
      card(card_of(identity, name)),
      random(seed * 3 + 1) {}

std::vector<Record> Person::records() const {
  std::vector<Record> all;
  for (const auto& [key, value] : store) all.push_back({key, SecretBytes(ByteView(value))});
  return all;
}

Person& World::add(const std::string& name) {
  return *people_.emplace(name, std::make_unique<Person>(name, seed_of(name))).first->second;
}

NewTopic World::new_topic(const std::vector<std::string>& committers) {
  NewTopic options;
  options.name = "the topic";
  if (carrier_ == Carrier::log) {
    options.order = LogOrder{{person(committers.front()).card.card().dispatchers.front()}};
    return options;
  }
  CommitterOrder order;
  for (const std::string& name : committers) order.committers.push_back(person(name).id());
  order.places.push_back(introduction::Url{"mqtts://broker.example/garden"});
  options.order = order;
  return options;
}

void World::topic_of(const std::vector<std::string>& names) {
  for (const std::string& name : names) add(name);
  Person& first = person(names.front());
  Topic::Begun begun = must(Topic::create(first.surroundings(), new_topic(names), now));
  first.topic = std::move(begun.topic);
  apply(first, std::move(begun.step));
  for (std::size_t i = 1; i < names.size(); ++i) join(names.front(), names[i]);
  run(std::chrono::seconds(5));
}

void World::begin_joining(const std::string& joiner, const introduction::Locator& link) {
  Person& who = people_.contains(joiner) ? person(joiner) : add(joiner);
  const introduction::Locator read = must(introduction::locator_from_text(must(introduction::to_text(link))));
  Joining::Begun begun = must(Joining::begin(who.surroundings(), read, now));
  who.topic.reset();
  who.store.clear();
  who.joining = std::move(begun.joining);
  apply(who, std::move(begun.step));
}

void World::join(const std::string& host, const std::string& joiner, const InvitationOptions& options) {
  Topic::Invited invited = must(person(host).topic->invite(options, now));
  apply(person(host), std::move(invited.step));
  begin_joining(joiner, invited.link);
  settle();
  for (int i = 0; i < 60 && !person(joiner).topic; ++i) run(std::chrono::seconds(2));
  REQUIRE(person(joiner).topic.has_value());
}

void World::say(const std::string& name, const std::string& text) {
  Person& who = person(name);
  Topic::Sealed sealed = must(who.topic->seal({.body = to_bytes(as_bytes(text))}, now));
  apply(who, std::move(sealed.step));
}

void World::note(Person& who, const Event& event) {
  if (const auto* message = std::get_if<MessageReceived>(&event)) {
    who.heard.emplace_back(as_text(message->body));
    if (message->delivery == Delivery::late) ++who.late;
  }
  if (const auto* unsent = std::get_if<Unsent>(&event)) who.unsent.emplace_back(as_text(unsent->body));
  if (std::holds_alternative<Gap>(event)) ++who.gaps;
  who.events.push_back(event);
}

void World::apply(Person& who, Step step) {
  for (const Bytes& key : step.changes.erase) who.store.erase(key);
  for (const Record& record : step.changes.put) {
    REQUIRE(record.key.size() <= kRecordKeyBytesMax);
    who.store[record.key] = to_bytes(record.value.expose());
  }
  for (const Event& event : step.events) note(who, event);
  for (const Entry& entry : step.publish) put_on_carrier(who, entry);
  if (reload_percent != 0 && who.topic && chance(reload_percent)) reload(who);
}

void World::put_on_carrier(Person& from, const Entry& entry) {
  recorded.emplace_back(entry.kind, entry.bytes);
  if (from.is_cut_off) return;
  if (carrier_ == Carrier::broadcast) {
    for (auto& [name, other] : people_) {
      if (other.get() == &from || other->is_cut_off || chance(faults.lose_percent)) continue;
      other->inbox.push_back(entry.bytes);
      if (chance(faults.double_percent)) other->inbox.push_back(entry.bytes);
      if (other->inbox.size() > 1 && chance(faults.shuffle_percent))
        std::swap(other->inbox.back(), other->inbox[dice_() % other->inbox.size()]);
    }
    return;
  }
  if (entry.kind == EntryKind::introduction) {
    introductions_.push_back(entry.bytes);
  } else if (entry.kind == EntryKind::welcome) {
    REQUIRE(entry.to.has_value());
    envelopes_[entry.to->node_id()].push_back(entry.bytes);
  } else if (!chance(faults.lose_percent) && submitted_.insert(entry.id).second) {
    const std::uint32_t moves = from.topic->settings().moves;
    (moves == 0 ? log : later_logs[moves]).push_back(entry.bytes);
  }
}

const std::vector<Bytes>& World::log_of(const Person& who) const {
  static const std::vector<Bytes> kEmpty;
  if (const std::uint32_t moves = who.topic->settings().moves; moves != 0) {
    const auto later = later_logs.find(moves);
    return later == later_logs.end() ? kEmpty : later->second;
  }
  const auto other = other_log.find(who.name);
  return other == other_log.end() ? log : other->second.second;
}

void World::open(Person& who, ByteView entry, std::optional<std::uint64_t> position) {
  if (who.joining) {
    Result<Topic::Begun> begun = who.joining->open(entry, who.trusted, now);
    if (!begun) return;
    who.joining.reset();
    who.topic = std::move(begun->topic);
    apply(who, std::move(begun->step));
    return;
  }
  if (!who.topic) return;
  Result<Step> step = who.topic->open(entry, position, now);
  if (step) apply(who, *std::move(step));
}

bool World::step(Person& who) {
  if (who.is_cut_off) return false;
  if (carrier_ == Carrier::broadcast) {
    if (who.inbox.empty()) return false;
    const Bytes entry = std::move(who.inbox.front());
    who.inbox.pop_front();
    open(who, entry);
    return true;
  }
  if (auto& letters = envelopes_[who.id()]; !letters.empty()) {
    const Bytes entry = std::move(letters.front());
    letters.pop_front();
    open(who, entry);
    return true;
  }
  if (!who.topic || who.topic->standing() == Standing::closed) return false;
  if (who.intros_read < introductions_.size()) {
    const Bytes entry = introductions_[who.intros_read++];
    open(who, entry);
    return true;
  }
  const std::vector<Bytes>& shown = log_of(who);
  const std::uint64_t base = who.topic->settings().log_base();
  const std::uint64_t next = who.topic->cursor() + 1;
  if (next > base + shown.size()) return false;
  const Bytes entry = shown[next - base - 1];
  open(who, entry, next);
  return true;
}

void World::settle() {
  for (int round = 0; round < 10'000; ++round) {
    bool moved = false;
    for (auto& [name, who] : people_) moved |= step(*who);
    if (!moved) return;
  }
  FAIL("the carrier does not come to rest");
}

void World::run(Duration time) {
  const Instant end = now.instant + time;
  for (int i = 0; i < 100'000; ++i) {
    settle();
    std::optional<Instant> next;
    for (auto& [name, who] : people_) {
      const auto due = who->topic     ? who->topic->next_deadline()
                       : who->joining ? who->joining->next_deadline()
                                      : std::nullopt;
      if (due && (!next || *due < *next)) next = due;
    }
    if (!next || *next > end) break;
    const Instant at = std::max(*next, now.instant + std::chrono::milliseconds(1));
    now.wall = *now.wall + std::chrono::duration_cast<std::chrono::milliseconds>(at - now.instant);
    now.instant = at;
    for (auto& [name, who] : people_) {
      if (who->topic)
        take(*who, who->topic->tick(now));
      else if (who->joining)
        take(*who, who->joining->tick(now));
    }
  }
  now.wall = *now.wall + std::chrono::duration_cast<std::chrono::milliseconds>(end - now.instant);
  now.instant = end;
  settle();
}

void World::reload(Person& who, LoadAs as) {
  Result<Topic::Begun> begun = Topic::load(who.surroundings(), who.records(), now, as);
  if (!begun) FAIL("does not load: " << std::string(begun.error().reason.name));
  who.topic = std::move(begun->topic);
  const std::uint32_t was = std::exchange(reload_percent, 0);
  // Restarted at every step, everybody would answer everybody's repetitions for ever: timers repeat, too.
  if (was != 0) begun->step.publish.clear();
  apply(who, std::move(begun->step));
  reload_percent = was;
}

}  // namespace taut::topic::test
