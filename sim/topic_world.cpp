#include "sim/topic_world.hpp"

#include "support/topic_insider.hpp"

namespace taut::sim {

using topic::Standing;

TopicWorld::TopicWorld(const TopicPlan& plan, const Options& options)
    : plan_(plan),
      options_(options),
      chronicle_(schedule_, options.aloud),
      dice_(plan.seed * 31 + 7),
      carrier_(plan_, schedule_, chronicle_, dice_),
      ledger_(chronicle_) {}

TopicPerson& TopicWorld::add() {
  const auto machine_of = [this](const NodeId& node_id) -> std::optional<MachineId> {
    for (const auto& one : people_)
      if (one->node_id() == node_id) return one->id();
    return std::nullopt;
  };
  const auto id = static_cast<MachineId>(people_.size());
  people_.push_back(std::make_unique<TopicPerson>(
      TopicPerson::Site{schedule_, chronicle_, dice_, carrier_, ledger_, machine_of,
                        [this](MachineId who, const introduction::Introduction& asks) { decide(who, asks); }},
      id, plan_.seed));
  return *people_.back();
}

/// Somebody asks: people say yes to those whom they know, and have not sent away.
void TopicWorld::decide(MachineId who, const introduction::Introduction& asks) {
  const bool is_welcome = std::ranges::any_of(people_, [&](const auto& one) {
    return one->node_id() == asks.node_id() && !sent_away_.contains(one->id());
  });
  if (!is_welcome || is_insider(who)) return;
  schedule_.after(
      std::chrono::milliseconds(dice_.between(1'000, 8'000)), [this, who, ref = asks.key_package_ref] {
        people_[who]->act([&](topic::Topic& topic) { return topic.welcome(ref, people_[who]->now()); });
      });
}

topic::NewTopic TopicWorld::new_topic() {
  topic::NewTopic options;
  options.name = "simulated";
  if (plan_.order == TopicOrder::log) {
    options.order = topic::LogOrder{{person(0).card().card().dispatchers.front()}};
    return options;
  }
  topic::CommitterOrder order;
  for (unsigned i = 0; i + 1 < plan_.people; ++i) order.committers.push_back(person(i).node_id());
  options.order = std::move(order);
  return options;
}

bool TopicWorld::set_up() {
  for (unsigned i = 0; i < plan_.people; ++i) add();
  person(0).create(new_topic());
  for (unsigned i = 1; i < plan_.people; ++i) {
    live_until(schedule_.now() + 2s, [] { return false; });
    if (const auto link = person(0).invite()) person(i).join(*link);
  }
  const auto all_in = [&] { return why_not_quiet().empty(); };
  if (live_until(schedule_.now() + 5min, all_in)) return true;
  chronicle_.violate("topic_begins", why_not_quiet());
  return false;
}

void TopicWorld::script() {
  began_ = schedule_.now();
  for (const PlannedAct& act : plan_.acts) schedule_.at(began_ + act.at, [this, act] { carry_out(act); });
  schedule_.at(began_ + kTopicTrouble, [this] { heal(); });
}

void TopicWorld::carry_out(const PlannedAct& act) {
  TopicPerson& who = person(act.who);
  chronicle_.note(who.id(), name_of(act.what), act.whom, act.value);
  const auto now = who.now();
  switch (act.what) {
    case TopicAct::say:
      return who.say();
    case TopicAct::update:
      return who.act([&](topic::Topic& topic) { return topic.update(now); });
    case TopicAct::rename:
      return who.act(
          [&](topic::Topic& topic) { return topic.set({.name = "name " + std::to_string(act.value)}, now); });
    case TopicAct::invite:
      // Who was sent away and has not heard of it invites into a history that nobody else has.
      if (people_.size() >= 7 || is_insider(who.id()) || sent_away_.contains(who.id())) return;
      if (const auto link = who.invite()) add().join(*link);
      return;
    case TopicAct::remove:
      return remove(who, person(act.whom));
    case TopicAct::leave:
      if (who.id() == 0 || !who.is_open()) return;
      sent_away_.insert(who.id());
      return who.act([&](topic::Topic& topic) { return topic.leave(now); });
    default:
      chronicle_.hit("topic fault", name_of(act.what));
      return trouble(who, act);
  }
}

void TopicWorld::remove(TopicPerson& who, TopicPerson& whom) {
  if (who.id() == whom.id() || whom.id() == 0 || !who.is_open() || !whom.is_open()) return;
  sent_away_.insert(whom.id());
  who.act([&](topic::Topic& topic) {
    return topic.remove(whom.node_id(), topic::AfterRemoval::barred, who.now());
  });
}

void TopicWorld::trouble(TopicPerson& who, const PlannedAct& act) {
  const MachineId id = who.id();
  const auto later = [&](auto action) {
    schedule_.after(std::chrono::seconds(act.value), std::move(action));
  };
  switch (act.what) {
    case TopicAct::cut:
      carrier_.cut(id);
      return later([this, id] { carrier_.join(id); });
    case TopicAct::crash:
      return who.crash(TopicPerson::Dying::before_the_sync);
    case TopicAct::crash_after:
      who.say();
      return who.crash(TopicPerson::Dying::after_it);
    case TopicAct::snapshot:
      return who.keep_a_copy();
    case TopicAct::restore: {
      // Where everybody has lost the keys, nobody is left to let anybody in.
      const auto others = std::ranges::count_if(people_, [&](const auto& one) {
        return one->id() != id && one->is_open() && !is_insider(one->id()) && !sent_away_.contains(one->id());
      });
      if (others >= 2) who.restore();
      return;
    }
    case TopicAct::two_histories:
      histories_differ_ = true;
      return carrier_.show_another_history(id);
    case TopicAct::withhold:
      carrier_.withhold_from(id);
      return later([this, id] { carrier_.join(id); });
    case TopicAct::swallow:
      carrier_.swallow(true);
      return later([this] { carrier_.swallow(false); });
    default:
      return break_rules(act);
  }
}

void TopicWorld::break_rules(const PlannedAct& act) {
  TopicPerson& insider = person(plan_.people - 1);
  if (!insider.is_open()) return;
  ledger_.restored(insider.id());  // its own files are none of our care any more
  try {
    if (act.what == TopicAct::invalid_commit)
      return carrier_.inject(insider.id(), invalid_commit(*insider.topic(), act.value));
    topic::test::TopicInsider rogue(insider.records(), insider.topic()->settings(), insider.random(),
                                    insider.now());
    carrier_.inject(insider.id(),
                    rogue.half_valid_commit([&](std::size_t number) { return number == act.whom % 3; }));
  } catch (const std::bad_expected_access<Error>&) {
    chronicle_.hit("topic fault", "insider had no say");  // its own files were of another epoch
  }
}

Bytes TopicWorld::invalid_commit(topic::Topic& topic, unsigned kind) {
  TopicPerson& insider = person(plan_.people - 1);
  topic::test::TopicInsider rogue(insider.records(), topic.settings(), insider.random(), insider.now());
  if (kind % 3 == 0) return rogue.wrap(topic::EntryKind::commit, rogue.unwrap(rogue.commit({})).body);
  mls::Extensions extensions;
  if (kind % 3 == 1) {
    topic::Settings other = topic.settings();
    other.log_id = topic::LogId{};
    extensions.set(introduction::kTopicExtension, encode(other));
  }
  return rogue.commit({{mls::GroupContextExtensions{std::move(extensions)}}});
}

void TopicWorld::heal() {
  check_differing_histories();
  carrier_.heal();
  for (const auto& one : people_)
    schedule_.after(std::chrono::milliseconds(dice_.between(50'000, 70'000)), [&one = *one] { one.say(); });
  for (const auto at : {4min, 8min}) schedule_.after(at, [this] { invite_again(); });
}

/// An invitation may have been used in a history that went, or its maker sent away: people give another.
void TopicWorld::invite_again() {
  for (const auto& one : people_) {
    if (!one->is_joining() || sent_away_.contains(one->id())) continue;
    for (const auto& host : people_) {
      if (!host->is_open() || is_insider(host->id()) || sent_away_.contains(host->id())) continue;
      ledger_.restored(one->id());  // it may have been in already, and never known
      if (const auto link = host->invite()) one->join(*link);
      break;
    }
  }
}

/// Who is in the same epoch by another way? Somebody has to notice.
void TopicWorld::check_differing_histories() {
  std::map<std::uint64_t, Bytes> keys;
  bool differ = false;
  for (const auto& one : people_) {
    if (!one->is_open() || is_insider(one->id())) continue;
    const auto key = one->topic()->access_key(one->topic()->epoch());
    if (!key) continue;
    const Bytes bytes = to_bytes(key->public_key.bytes.view());
    differ = differ || keys.try_emplace(one->topic()->epoch(), bytes).first->second != bytes;
  }
  if (!differ) return;
  chronicle_.hit("topic fault", "histories differ");
  noticed_before_ = noticed();
}

std::uint64_t TopicWorld::noticed() const {
  const auto count = [&](std::string_view event) {
    const auto found = chronicle_.tally().find({"topic event", event});
    return found == chronicle_.tally().end() ? 0 : found->second;
  };
  return count("diverged") + count("disagreement");
}

std::string TopicWorld::why_not_quiet() {
  std::set<NodeId> open;
  std::uint64_t epoch = 0;
  for (const auto& one : people_) {
    if (is_insider(one->id()) || sent_away_.contains(one->id())) continue;
    const std::string name = "m" + std::to_string(one->id());
    if (one->is_joining()) return name + " is not let in";
    if (one->topic() == nullptr) return name + " has no topic";
    if (one->topic()->standing() == Standing::diverged) return name + " is not let in again";
    if (!one->is_open()) continue;
    if (one->topic()->outbox_count() != 0) return name + " has an outbox";
    if (epoch != 0 && one->topic()->epoch() != epoch) return name + " is in another epoch";
    epoch = one->topic()->epoch();
    open.insert(one->node_id());
  }
  for (const auto& one : people_)
    for (const NodeId& other : open)
      if (open.contains(one->node_id()) && !one->topic()->is_member(other))
        return "m" + std::to_string(one->id()) + " does not know somebody";
  return {};
}

bool TopicWorld::live_until(Instant until, const std::function<bool()>& done) {
  Instant look = schedule_.now();
  while (!chronicle_.violation() && schedule_.steps_at_this_instant() < 20'000) {
    if (schedule_.now() >= look) {
      if (done()) return true;
      look = schedule_.now() + 1s;
    }
    if (!schedule_.step(std::min(until, look)) && schedule_.now() >= until) return done();
  }
  chronicle_.require(chronicle_.violation().has_value(), "time_moves", "something is due again and again");
  return false;
}

/// Everybody commits at once, and somebody reads the second first.
void TopicWorld::plant_commits() {
  carrier_.swap_commits_for(person(1).id());
  for (const auto at : {20s, 60s, 100s, 140s})
    schedule_.after(at, [this] {
      for (const auto& one : people_) one->act([&](topic::Topic& topic) { return topic.update(one->now()); });
    });
}

Report TopicWorld::run() {
  Report report;
  if (set_up()) {
    if (options_.bug == PlantedBug::take_the_second_commit) plant_commits();
    if (options_.bug == PlantedBug::forget_what_a_commit_overtook)
      for (const auto& one : people_) one->forget_what_was_said();
    script();
    live_until(began_ + kTopicTrouble + 80s, [] { return false; });
    const Instant healed = schedule_.now();
    const bool is_quiet = live_until(healed + kTopicQuietWithin, [&] { return why_not_quiet().empty(); });
    // Where each side sent the other away, neither lets it in again: but they know.
    const bool is_known = histories_differ_ && noticed() > 0;
    if (!is_quiet && !is_known && !chronicle_.violation()) chronicle_.violate("goes_on", why_not_quiet());
    report.until_quiet = schedule_.now() - healed;
    ledger_.check_at_the_end(
        {[&](MachineId id) { return people_[id]->is_open() && !sent_away_.contains(id); },
         [&](MachineId id) {
           const topic::Topic* topic = people_[id]->topic();
           return topic != nullptr && topic->outbox_count() != 0;
         },
         histories_differ_ || plan_.has(TopicAct::half_valid)});
  }
  if (plan_.order == TopicOrder::log && !histories_differ_ && !plan_.has_insider)
    for (const auto& one : people_)
      chronicle_.require(!ledger_.has_diverged_unprovoked(one->id()), "nobody_diverges_for_nothing",
                         "m" + std::to_string(one->id()));
  if (noticed_before_)
    chronicle_.require(noticed() > *noticed_before_, "a_fork_is_noticed", "nobody said anything");
  report.violation = chronicle_.violation();
  report.hash = chronicle_.hash();
  report.tally = chronicle_.tally();
  report.messages = ledger_.said_count();
  report.acknowledged = ledger_.acknowledged_count();
  report.lived = schedule_.now() - began_;
  report.steps = schedule_.steps();
  return report;
}

Report live_topic(const TopicPlan& plan, const Options& options) { return TopicWorld(plan, options).run(); }

}  // namespace taut::sim
