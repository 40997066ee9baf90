#pragma once
// What was said and heard in a topic, and what must hold of it (docs/simulator.md, "Topics").

#include <functional>
#include <map>
#include <set>
#include <vector>

#include "sim/chronicle.hpp"
#include "topic/step.hpp"

namespace taut::sim {

/// Who said it, and the how manieth of that person's.
struct SpokenWord {
  MachineId from = 0;
  std::uint64_t number = 0;
  friend auto operator<=>(const SpokenWord&, const SpokenWord&) = default;

  Bytes body() const;
  static std::optional<SpokenWord> read(ByteView body);
};

class TopicLedger {
 public:
  explicit TopicLedger(Chronicle& chronicle) : chronicle_(chronicle) {}

  struct Heard {
    SpokenWord word;
    topic::Delivery delivery{};
  };
  using Ears = std::vector<Heard>;  ///< of one person, and what goes with its files

  std::uint64_t next_number(MachineId from) { return counts_[from]++; }
  /// Stored: from now on it may not vanish.
  void said(const SpokenWord& word, const MessageId& id, std::set<MachineId> audience);
  void heard(MachineId who, const topic::MessageReceived& message);
  void acknowledged(const MessageId& id);
  void unsent(const MessageId& id);
  /// This person missed something, and knows it: it diverged, or was restored.
  void shaken(MachineId who) { shaken_.insert(who); }
  bool has_diverged_unprovoked(MachineId who) const {
    return shaken_.contains(who) && !restored_.contains(who);
  }
  /// And it forgot what it said itself.
  void restored(MachineId who) {
    restored_.insert(who);
    shaken_.insert(who);
  }

  Ears ears_of(MachineId who) { return ears_[who]; }
  void put_ears(MachineId who, Ears ears) { ears_[who] = std::move(ears); }

  struct Outboxes {
    std::function<bool(MachineId)> is_open;
    std::function<bool(MachineId)> waits;  ///< something in its outbox
    bool histories_differed = false;       ///< what was certain in one of them is not in the other
  };
  void check_at_the_end(const Outboxes& outboxes);
  std::size_t said_count() const { return words_.size(); }
  std::size_t acknowledged_count() const { return acknowledged_; }

 private:
  struct Word {
    SpokenWord word;
    std::set<MachineId> audience;
    enum class Fate : std::uint8_t { open, acknowledged, unsent } fate{};
  };
  void check_arrived(const Word& word, const Outboxes& outboxes);

  Chronicle& chronicle_;
  std::map<MachineId, std::uint64_t> counts_;
  std::map<MessageId, Word> words_;
  std::map<SpokenWord, MessageId> ids_;
  std::map<MachineId, Ears> ears_;
  std::set<MachineId> shaken_, restored_;
  std::size_t acknowledged_ = 0;
};

}  // namespace taut::sim
