#pragma once
// People, and what carries their topics: an ordered log, or a carrier that loses, doubles and delays.

#include <doctest/doctest.h>

#include <deque>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>

#include "support/people.hpp"
#include "topic/conversation.hpp"
#include "topic/joining.hpp"

namespace taut::topic::test {

template <class T>
T must(Result<T> result) {
  if (!result) FAIL("an error: " << std::string(result.error().reason.name));
  return *std::move(result);
}
inline void must(Status status) {
  if (!status) FAIL("an error: " << std::string(status.error().reason.name));
}
template <class T>
std::string reason_of(const Result<T>& result) {
  return result ? std::string("no error") : std::string(result.error().reason.name);
}

/// A node with its files and, once it is in, its topic.
struct Person {
  std::string name;
  identity::Identity identity;
  identity::SignedCard card;
  taut::test::SeededRandom random;
  std::map<Bytes, Bytes> store;
  std::optional<Topic> topic;
  std::optional<Joining> joining;
  std::vector<NodeId> trusted;
  std::vector<Event> events;
  std::deque<Bytes> inbox;  ///< what the carrier brought and nobody opened yet
  std::vector<std::string> heard, acknowledged, unsent;
  std::size_t gaps = 0, late = 0;
  std::uint64_t intros_read = 0;
  bool is_cut_off = false;

  Person(std::string named, std::uint64_t seed);
  const NodeId& id() const { return card.node_id(); }
  Surroundings surroundings() { return {identity.signature_key(), card, random}; }
  template <class T>
  std::size_t count() const {
    std::size_t found = 0;
    for (const Event& event : events) found += std::holds_alternative<T>(event) ? 1 : 0;
    return found;
  }
  template <class T>
  const T* last() const {
    for (auto event = events.rbegin(); event != events.rend(); ++event)
      if (const auto* one = std::get_if<T>(&*event)) return one;
    return nullptr;
  }
  std::vector<Record> records() const;
};

struct Faults {
  std::uint32_t lose_percent = 0, double_percent = 0, shuffle_percent = 0;
};

class World {
 public:
  enum class Carrier { log, broadcast };
  explicit World(Carrier carrier, std::uint64_t seed = 1) : carrier_(carrier), dice_(seed) {}

  Person& add(const std::string& name);
  Person& person(const std::string& name) { return *people_.at(name); }
  Person& operator[](const std::string& name) { return person(name); }

  /// A topic of these, in the order given; all of them are in.
  void topic_of(const std::vector<std::string>& names);
  NewTopic new_topic(const std::vector<std::string>& committers);
  /// Its link, with which `joiner` begins; then everything runs until it is in.
  void join(const std::string& host, const std::string& joiner, const InvitationOptions& options = {});
  void begin_joining(const std::string& joiner, const introduction::Locator& link);

  void say(const std::string& name, const std::string& text);
  void take(Person& who, Result<Step> step) { apply(who, must(std::move(step))); }
  void apply(Person& who, Step step);
  /// From what it stored, as after a crash.
  void reload(Person& who, LoadAs as = LoadAs::usual);

  /// Everything that is on the carrier is delivered, and what follows from it, at this instant.
  void settle();
  /// Time passes, deadline by deadline.
  void run(Duration time);
  void open(Person& who, ByteView entry, std::optional<std::uint64_t> position = {});
  /// One entry of the log, or of the carrier, to one person.
  bool step(Person& who);

  Time now{Instant{std::chrono::seconds(1'000)}, taut::test::kNow};
  Faults faults;
  std::uint32_t reload_percent = 0;                   ///< of all steps, after which a process begins anew
  std::vector<std::pair<EntryKind, Bytes>> recorded;  ///< everything that was ever published
  std::vector<Bytes> log;
  std::map<std::uint32_t, std::vector<Bytes>> later_logs;  ///< after so many moves
  /// What a lying log shows instead; by the reader, from this position on.
  std::map<std::string, std::pair<std::uint64_t, std::vector<Bytes>>> other_log;
  std::map<std::string, std::unique_ptr<Person>> people_;

 private:
  void put_on_carrier(Person& from, const Entry& entry);
  void note(Person& who, const Event& event);
  const std::vector<Bytes>& log_of(const Person& who) const;
  bool chance(std::uint32_t percent) { return dice_() % 100 < percent; }

  Carrier carrier_;
  std::mt19937_64 dice_;
  std::set<SubmissionId> submitted_;
  std::vector<Bytes> introductions_;
  std::map<NodeId, std::deque<Bytes>> envelopes_;
};

inline bool in_step(World& world, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const Topic& topic = *world[name].topic;
    if (topic.standing() != Standing::open || topic.epoch() != world[names[0]].topic->epoch()) return false;
    if (topic.members().size() != world[names[0]].topic->members().size()) return false;
  }
  return true;
}

}  // namespace taut::topic::test
