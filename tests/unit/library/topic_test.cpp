// The C++ header, as its users have it: std and values.

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <taut/topic.hpp>
#include <utility>

namespace taut::api {
namespace {

struct User {
  explicit User(const std::string& name, const Time& now) : identity(*Identity::create(name, now)) {}

  const Event* find(EventKind kind) const {
    const auto found = std::ranges::find(events, kind, &Event::kind);
    return found == events.end() ? nullptr : &*found;
  }
  Identity identity;
  std::optional<Topic> topic;
  std::map<Bytes, Bytes> records;
  std::vector<Event> events;
};

/// A carrier in memory; time goes to the next deadline when nothing is on its way.
struct Carrier {
  void take(User& who, Result<Step> step) {
    REQUIRE(step);
    for (const Bytes& key : step->erase) who.records.erase(key);
    for (Record& record : step->put) who.records[record.key] = std::move(record.value);
    for (Bytes& entry : step->publish) waiting.emplace_back(&who, std::move(entry));
    for (Event& event : step->events) who.events.push_back(std::move(event));
  }
  void begin(User& who, Result<Topic::Begun> begun) {
    REQUIRE(begun);
    who.topic = std::move(begun->topic);
    take(who, std::move(begun->step));
  }
  template <class Condition>
  bool until(Condition holds) {
    for (int i = 0; i < 500 && !holds(); ++i) turn();
    return holds();
  }
  void turn() {
    if (waiting.empty()) pass_time();
    for (auto batch = std::exchange(waiting, {}); !batch.empty(); batch.pop_front())
      for (User* const who : users) {
        if (who == batch.front().first || !who->topic) continue;
        auto step = who->topic->open(batch.front().second, now);
        if (step) take(*who, std::move(step));
      }
  }
  void pass_time() {
    auto next = now.monotonic + std::chrono::minutes(1);
    for (const User* const who : users)
      if (who->topic) next = std::min(next, who->topic->next_deadline().value_or(next));
    next = std::max(next, now.monotonic + std::chrono::milliseconds(1));
    *now.unix_ms += static_cast<std::uint64_t>((next - now.monotonic) / std::chrono::milliseconds(1));
    now.monotonic = next;
    for (User* const who : users)
      if (who->topic) take(*who, who->topic->tick(now));
  }
  /// All that is left is what was stored.
  void restart(User& who) {
    std::vector<Record> records;
    for (const auto& [key, value] : who.records) records.push_back({key, value});
    who.identity = *Identity::load(who.identity.save());
    begin(who, Topic::load(who.identity, std::move(records), now));
  }

  Time now{.monotonic = std::chrono::hours(1), .unix_ms = 1'800'000'000'000};
  std::vector<User*> users;
  std::deque<std::pair<User*, Bytes>> waiting;
};

Bytes message_of(std::string_view text) { return {text.begin(), text.end()}; }

TEST_CASE("an identity is the same when it is loaded again, and nothing else is one") {
  const Time time = now();
  const auto ann = Identity::create("ann", time);
  REQUIRE(ann);
  CHECK(ann->node_id().starts_with("taut1"));
  const Bytes saved = ann->save();
  const auto again = Identity::load(saved);
  REQUIRE(again);
  CHECK(again->node_id() == ann->node_id());
  CHECK(Identity::create("ann", time)->node_id() != ann->node_id());
  for (std::size_t size = 0; size < saved.size(); size += 7)
    CHECK_FALSE(Identity::load(ByteView(saved).first(size)));
  Bytes newer = saved;
  newer[0] = 2;
  CHECK(Identity::load(newer).error().code == ErrorCode::incompatible);
  CHECK_FALSE(Identity::create(std::string(65, 'x'), time));
}

TEST_CASE("two identities cannot be mixed") {
  const Time time = now();
  const Bytes ann = Identity::create("ann", time)->save();
  const Bytes bob = Identity::create("ann", time)->save();
  REQUIRE(ann.size() == bob.size());
  Bytes mixed = ann;
  std::copy(bob.end() - 100, bob.end(), mixed.end() - 100);  // within the card
  CHECK_FALSE(Identity::load(mixed));
}

TEST_CASE("somebody asks to be let in, by a link without an invitation, and is, or is not") {
  Carrier carrier;
  User ann("ann", carrier.now), bob("bob", carrier.now);
  carrier.users = {&ann, &bob};
  carrier.begin(ann, Topic::create(ann.identity, {.name = "lunch"}, carrier.now));
  carrier.begin(bob, Topic::join(bob.identity, *ann.topic->link(), carrier.now));
  CHECK(bob.topic->standing() == Standing::joining);
  CHECK(bob.topic->name() == "lunch");
  CHECK(bob.topic->members().empty());
  CHECK(bob.topic->seal(message_of("x"), carrier.now).error().code == ErrorCode::unavailable);
  CHECK_FALSE(bob.topic->link());
  REQUIRE(carrier.until([&] { return ann.find(EventKind::introduced) != nullptr; }));
  const Event asked = *ann.find(EventKind::introduced);
  CHECK(asked.node == bob.identity.node_id());
  CHECK(asked.name == "bob");

  SUBCASE("welcome") {
    carrier.restart(bob);  // while it waits
    CHECK(bob.topic->standing() == Standing::joining);
    carrier.take(ann, ann.topic->welcome(asked.introduction, carrier.now));
    REQUIRE(carrier.until([&] { return bob.topic->standing() == Standing::open; }));
    CHECK(bob.topic->members().size() == 2);
    const auto sealed = bob.topic->seal(message_of("thank you"), carrier.now);
    REQUIRE(sealed);
    carrier.take(bob, sealed->step);
    REQUIRE(carrier.until([&] { return bob.find(EventKind::acknowledged) != nullptr; }));
    CHECK(bob.find(EventKind::acknowledged)->message_id == sealed->message_id);
    const Event* const heard = ann.find(EventKind::message);
    REQUIRE(heard != nullptr);
    CHECK(heard->node == bob.identity.node_id());
    CHECK(heard->body == message_of("thank you"));
    CHECK(heard->message_id == sealed->message_id);
  }
  SUBCASE("decline") {
    carrier.take(ann, ann.topic->decline(asked.introduction));
    CHECK(ann.topic->welcome(asked.introduction, carrier.now).error().code == ErrorCode::unavailable);
  }
  SUBCASE("no such introduction") {
    CHECK_FALSE(ann.topic->welcome(Bytes(32), carrier.now));
    CHECK_FALSE(ann.topic->welcome(Bytes(1000), carrier.now));
  }
}

TEST_CASE("the yes of somebody trusted lets in; that of another waits for the link's maker") {
  Carrier carrier;
  User ann("ann", carrier.now), bob("bob", carrier.now), eve("eve", carrier.now);
  carrier.users = {&ann, &bob, &eve};
  carrier.begin(ann, Topic::create(ann.identity, {}, carrier.now));
  auto invited = ann.topic->invite({}, carrier.now);
  REQUIRE(invited);
  carrier.take(ann, std::move(invited->step));
  carrier.begin(bob, Topic::join(bob.identity, invited->link, carrier.now));
  REQUIRE(carrier.until([&] { return bob.topic->standing() == Standing::open; }));
  carrier.begin(eve, Topic::join(eve.identity, *ann.topic->link(), carrier.now));
  CHECK(eve.topic->trust("bob").error().code == ErrorCode::malformed);
  std::ptrdiff_t expected = 2;  // the second time by ann
  SUBCASE("trusted") {
    REQUIRE(eve.topic->trust(bob.identity.node_id()));
    expected = 1;
  }
  SUBCASE("not known") {}
  REQUIRE(carrier.until([&] { return bob.find(EventKind::introduced) != nullptr; }));
  carrier.take(bob, bob.topic->welcome(bob.find(EventKind::introduced)->introduction, carrier.now));
  REQUIRE(carrier.until([&] { return eve.topic->standing() == Standing::open; }));
  CHECK(std::ranges::count_if(ann.events, [&](const Event& event) {
          return event.kind == EventKind::joined && event.node == eve.identity.node_id();
        }) == expected);
}

TEST_CASE("what is not an entry of the topic changes nothing") {
  Carrier carrier;
  User ann("ann", carrier.now), eve("eve", carrier.now);
  carrier.begin(ann, Topic::create(ann.identity, {}, carrier.now));
  carrier.begin(eve, Topic::create(eve.identity, {}, carrier.now));
  const auto sealed = eve.topic->seal(message_of("hello"), carrier.now);
  for (const Bytes& entry : {Bytes(), Bytes(1), Bytes(100), Bytes(70'000, 0xff)})
    CHECK_FALSE(ann.topic->open(entry, carrier.now));
  for (const Bytes& entry : sealed->step.publish)
    CHECK(ann.topic->open(entry, carrier.now).error().code == ErrorCode::unauthentic);
  CHECK(ann.topic->epoch() == 0);
}

TEST_CASE("arguments that are none are refused by category") {
  Carrier carrier;
  User ann("ann", carrier.now);
  CHECK(Topic::join(ann.identity, "taut-topic:AAAA", carrier.now).error().code == ErrorCode::malformed);
  CHECK(Topic::join(ann.identity, "", carrier.now).error().code == ErrorCode::malformed);
  CHECK_FALSE(Topic::create(ann.identity, {.name = std::string(1000, 'x')}, carrier.now));
  CHECK(Topic::load(ann.identity, {}, carrier.now).error().code == ErrorCode::malformed);
  CHECK_FALSE(Topic::load(ann.identity, {{{1, 2, 3}, {4, 5, 6}}}, carrier.now));
  carrier.begin(ann, Topic::create(ann.identity, {}, carrier.now));
  const auto remove = [&](std::string_view node) {
    const auto removed = ann.topic->remove(node, AfterRemoval::may_return, carrier.now);
    REQUIRE_FALSE(removed);
    return removed.error();
  };
  CHECK(remove("bob").code == ErrorCode::malformed);
  CHECK(remove(Identity::create("b", carrier.now)->node_id()).reason == "not_member");
  CHECK(ann.topic->seal(Bytes(64 * 1024 + 1), carrier.now).error().code == ErrorCode::exhausted);
}

}  // namespace
}  // namespace taut::api
