// Random histories of a topic: people talk, join, leave, are removed, are cut off, crash and are restored,
// over a log; other carriers are lived by the simulator (docs/simulator.md). `TAUT_MODEL_SEEDS` for more.

#include <cstdlib>

#include "world.hpp"

using namespace taut;
using namespace taut::topic;
using namespace taut::topic::test;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

class Model {
 public:
  explicit Model(std::uint64_t seed) : world_(World::Carrier::log, seed), dice_(seed * 977 + 5) {
    world_.topic_of({"alice", "bob", "carol", "dave"});
    for (const char* name : {"alice", "bob", "carol", "dave"}) stable_.insert(name);
  }

  void run() {
    for (int i = 0; i < 50; ++i) {
      act();
      world_.run(std::chrono::milliseconds(below(4'000)));
    }
    world_.faults = {};
    for (auto& [name, who] : world_.people_) who->is_cut_off = false;
    world_.run(minutes(12));
  }

  void check() {
    std::vector<std::string> open;
    for (auto& [name, who] : world_.people_) {
      if (who->topic && who->topic->standing() == Standing::open) open.push_back(name);
      if (who->topic && who->count<Diverged>() > 0) stable_.erase(name);
    }
    INFO("open: " << open.size());
    CHECK(in_step(world_, open));
    for (const std::string& name : open) {
      CAPTURE(name);
      CHECK(world_[name].topic->members().size() == open.size());
      CHECK(world_[name].topic->outbox_count() == 0);
      CHECK(world_[name].unsent.empty());
      CHECK(world_[name].count<Acknowledged>() >= said_[name]);
    }
    for (const auto& [name, who] : world_.people_) check_heard(*who);
  }

 private:
  std::uint64_t below(std::uint64_t bound) { return dice_() % bound; }

  /// Once, in order, and nothing from before it came; all of it, for those who were there throughout.
  void check_heard(const Person& who) {
    std::map<std::string, std::vector<std::uint64_t>> by;
    for (const std::string& text : who.heard) {
      const std::size_t space = text.find(' ');
      by[text.substr(0, space)].push_back(std::stoull(text.substr(space + 1)));
    }
    for (auto& [from, numbers] : by) {
      CAPTURE(who.name);
      CAPTURE(from);
      if (who.late == 0) CHECK(std::ranges::is_sorted(numbers));
      std::ranges::sort(numbers);
      CHECK(std::ranges::adjacent_find(numbers) == numbers.end());
      const auto before = said_before_.find(who.name);
      if (before != said_before_.end()) CHECK(numbers.front() >= before->second[from]);
    }
    if (!stable_.contains(who.name)) return;
    for (const auto& [from, count] : said_) {
      if (from == who.name || removed_.contains(from)) continue;
      CAPTURE(who.name);
      CAPTURE(from);
      CHECK(by[from].size() == count);
    }
  }

  Person* anybody() {
    std::vector<Person*> open;
    for (auto& [name, who] : world_.people_)
      if (who->topic && who->topic->standing() == Standing::open && !removed_.contains(name))
        open.push_back(who.get());
    return open.empty() ? nullptr : open[below(open.size())];
  }

  void act() {
    Person* who = anybody();
    if (who == nullptr) return;
    const std::uint64_t choice = below(100);
    if (choice < 55) {
      say(*who);
    } else if (choice < 63) {
      world_.take(*who, who->topic->update(world_.now));
    } else if (choice < 68) {
      world_.take(*who, who->topic->set({.name = "name " + std::to_string(below(9))}, world_.now));
    } else if (choice < 78) {
      who->is_cut_off = !who->is_cut_off;
    } else if (choice < 86) {
      world_.reload(*who);
    } else if (choice < 90) {
      crash_unpublished(*who);
    } else if (choice < 93) {
      join(*who);
    } else if (choice < 96) {
      restore(*who);
    } else {
      remove(*who);
    }
  }

  void say(Person& who) {
    auto sealed = who.topic->seal({.body = text_of(who)}, world_.now);
    if (!sealed) return;
    ++said_[who.name];
    world_.apply(who, std::move(sealed->step));
  }
  Bytes text_of(const Person& who) {
    return to_bytes(as_bytes(who.name + " " + std::to_string(said_[who.name])));
  }

  void crash_unpublished(Person& who) {
    auto sealed = who.topic->seal({.body = text_of(who)}, world_.now);
    if (!sealed) return;
    ++said_[who.name];
    sealed->step.publish.clear();
    world_.apply(who, std::move(sealed->step));
    world_.reload(who);
  }

  void join(Person& host) {
    if (world_.people_.size() > 6) return;
    auto invited = host.topic->invite({}, world_.now);
    if (!invited) return;
    world_.apply(host, std::move(invited->step));
    const std::string name = "joiner" + std::to_string(world_.people_.size());
    said_before_[name] = said_;
    world_.begin_joining(name, invited->link);
  }

  /// Where everybody loses the group, nobody is left to let anybody in.
  void restore(Person& who) {
    std::size_t others = 0;
    for (auto& [name, other] : world_.people_)
      if (other.get() != &who && !removed_.contains(name) && other->topic &&
          other->topic->standing() == Standing::open)
        ++others;
    if (others >= 2) world_.reload(who, LoadAs::restored);
  }

  void remove(Person& who) {
    Person* other = anybody();
    if (other == &who || other->name == "alice" || removed_.size() > 1) return;
    auto step = who.topic->remove(other->id(), AfterRemoval::barred, world_.now);
    if (!step) return;
    removed_.insert(other->name);
    stable_.erase(other->name);
    world_.apply(who, *std::move(step));
  }

  World world_;
  std::mt19937_64 dice_;
  std::map<std::string, std::uint64_t> said_;
  std::map<std::string, std::map<std::string, std::uint64_t>> said_before_;
  std::set<std::string> stable_, removed_;
};

}  // namespace

TEST_CASE("random histories of topics") {
  const char* more = std::getenv("TAUT_MODEL_SEEDS");
  const std::uint64_t seeds = more != nullptr ? std::strtoull(more, nullptr, 10) : 40;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    CAPTURE(seed);
    Model model(seed);
    model.run();
    model.check();
  }
}
