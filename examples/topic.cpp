// A conversation with taut/topic.hpp: ann makes a topic and invites bob; they talk; bob's program ends and
// begins again; ann removes bob, who reads nothing after that. The carrier is a list in memory, and time is a
// number that jumps to the next deadline: a program of yours waits instead.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <map>
#include <taut/topic.hpp>
#include <utility>

using namespace taut::api;

namespace {

template <class T>
T must(Result<T> result, const char* what) {
  if (result) return *std::move(result);
  std::fprintf(stderr, "%s: %.*s\n", what, static_cast<int>(result.error().reason.size()),
               result.error().reason.data());
  std::exit(1);
}

struct Participant {
  Participant(std::string its_name, Time now)
      : name(std::move(its_name)), identity(must(Identity::create(name, now), "identity")) {}

  bool heard(const std::string& text) const { return std::ranges::find(messages, text) != messages.end(); }

  std::string name;
  Identity identity;
  std::optional<Topic> topic;
  std::map<Bytes, Bytes> records;  // a program of yours keeps them in a database
  std::vector<std::string> messages;
  bool was_acknowledged = false;
};

/// Hands every entry to all others.
class World {
 public:
  Time now{.monotonic = std::chrono::seconds(1), .unix_ms = 1'800'000'000'000};
  std::vector<Participant*> people;

  /// Store, publish, act: in this order.
  void take(Participant& who, Step step) {
    for (const Bytes& key : step.erase) who.records.erase(key);
    for (Record& record : step.put) who.records[record.key] = std::move(record.value);
    for (Bytes& entry : step.publish) on_the_way_.push_back({&who, std::move(entry)});
    for (const Event& event : step.events) act(who, event);
  }

  /// Until it holds; otherwise something is wrong.
  template <class Condition>
  void until(Condition holds, const char* what) {
    for (int turn = 0; turn < 1000 && !holds(); ++turn) {
      if (on_the_way_.empty()) pass_time();
      deliver();
    }
    if (holds()) return;
    std::fprintf(stderr, "it does not come to this: %s\n", what);
    std::exit(1);
  }

 private:
  struct OnTheWay {
    Participant* from;
    Bytes entry;
  };

  void act(Participant& who, const Event& event) {
    if (event.kind == EventKind::message) {
      who.messages.emplace_back(event.body.begin(), event.body.end());
      std::printf("%s reads: %s\n", who.name.c_str(), who.messages.back().c_str());
    }
    if (event.kind == EventKind::acknowledged) who.was_acknowledged = true;
    if (event.kind == EventKind::joined)
      std::printf("%s sees %s join\n", who.name.c_str(), event.node.c_str());
    if (event.kind == EventKind::removed)
      std::printf("%s sees %s removed\n", who.name.c_str(), event.node.c_str());
  }

  void deliver() {
    for (std::deque<OnTheWay> batch = std::exchange(on_the_way_, {}); !batch.empty(); batch.pop_front())
      for (Participant* const who : people) {
        if (who == batch.front().from || !who->topic) continue;
        Result<Step> step = who->topic->open(batch.front().entry, now);
        if (step) take(*who, *std::move(step));  // anything else is not for us: drop it
      }
  }

  void pass_time() {
    std::chrono::nanoseconds next = now.monotonic + std::chrono::minutes(1);
    for (const Participant* const who : people)
      if (who->topic) next = std::min(next, who->topic->next_deadline().value_or(next));
    next = std::max(next, now.monotonic + std::chrono::milliseconds(1));
    *now.unix_ms += static_cast<std::uint64_t>((next - now.monotonic) / std::chrono::milliseconds(1));
    now.monotonic = next;
    for (Participant* const who : people)
      if (who->topic) take(*who, must(who->topic->tick(now), "tick"));
  }

  std::deque<OnTheWay> on_the_way_;
};

void begin(World& world, Participant& who, Topic::Begun begun) {
  who.topic = std::move(begun.topic);
  world.take(who, std::move(begun.step));
}

void say(World& world, Participant& who, const std::string& text) {
  const auto* const data = reinterpret_cast<const std::uint8_t*>(text.data());
  who.was_acknowledged = false;
  world.take(who, must(who.topic->seal({data, text.size()}, world.now), "seal").step);
}

/// As after a crash: all that is left are the identity's bytes and the records.
void restart(World& world, Participant& who) {
  const Bytes saved = who.identity.save();
  std::vector<Record> records;
  for (const auto& [key, value] : who.records) records.push_back({key, value});
  who.topic.reset();
  who.identity = must(Identity::load(saved), "identity");
  begin(world, who, must(Topic::load(who.identity, std::move(records), world.now), "load"));
}

}  // namespace

int main() {
  World world;
  Participant ann("ann", world.now);
  Participant bob("bob", world.now);
  world.people = {&ann, &bob};

  begin(world, ann, must(Topic::create(ann.identity, {.name = "lunch"}, world.now), "create"));
  Topic::Invited invited = must(ann.topic->invite({}, world.now), "invite");
  world.take(ann, std::move(invited.step));

  // The link goes to bob by another way: it lets in whoever has it.
  begin(world, bob, must(Topic::join(bob.identity, invited.link, world.now), "join"));
  world.until([&] { return bob.topic->standing() == Standing::open; }, "bob is in");
  world.until([&] { return ann.topic->members().size() == 2; }, "ann knows it");

  say(world, ann, "soup or salad?");
  world.until([&] { return bob.heard("soup or salad?") && ann.was_acknowledged; }, "bob reads ann's message");
  restart(world, bob);
  say(world, bob, "soup");
  world.until([&] { return ann.heard("soup") && bob.was_acknowledged; }, "ann reads bob's message");

  world.take(ann,
             must(ann.topic->remove(bob.identity.node_id(), AfterRemoval::may_return, world.now), "remove"));
  world.until([&] { return ann.topic->members().size() == 1; }, "bob is out");
  world.until([&] { return bob.topic->standing() == Standing::closed; }, "bob knows it");
  say(world, ann, "salad for me");
  for (int i = 0; i < 20; ++i) {
    int turns = 0;
    world.until([&] { return ++turns > 2; }, "time passes");
  }
  if (bob.heard("salad for me")) return 1;
  const bool is_refused = !bob.topic->seal({}, world.now);
  std::printf("bob is out, reads nothing and says nothing: %s\n", is_refused ? "yes" : "no");
  return is_refused ? 0 : 1;
}
