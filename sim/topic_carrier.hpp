#pragma once
// What carries a topic: a dispatcher's log that may lie, or a carrier that loses, doubles and reorders.

#include <deque>
#include <functional>
#include <map>
#include <set>

#include "sim/chronicle.hpp"
#include "sim/dice.hpp"
#include "sim/topic_plan.hpp"
#include "topic/step.hpp"

namespace taut::sim {

class TopicCarrier {
 public:
  /// How somebody reads.
  struct Reader {
    NodeId node_id;
    std::function<void(ByteView entry, std::optional<std::uint64_t> position)> open;
    std::function<std::optional<std::uint64_t>()> cursor;  ///< of the log; none: not in yet, or closed
  };

  TopicCarrier(const TopicPlan& plan, Schedule& schedule, Chronicle& chronicle, Dice& dice)
      : plan_(plan), schedule_(schedule), chronicle_(chronicle), dice_(dice) {}

  void add(MachineId who, Reader reader);
  void publish(MachineId from, const topic::Entry& entry);
  /// As if it had been published: from somebody who breaks the rules.
  void inject(MachineId from, Bytes entry);
  void wake(MachineId who);

  void cut(MachineId who) { cut_.insert(who); }
  void join(MachineId who);
  void show_another_history(MachineId who);
  void withhold_from(MachineId who) { blinded_.insert(who); }
  void swallow(bool on) { swallows_ = on; }
  /// No lies, no losses from now on. With two histories the longer one stays.
  void heal();

  /// Presents two commits that follow each other to this reader in the wrong order.
  void swap_commits_for(MachineId who) { swapped_for_ = who; }

 private:
  struct Box {
    Reader reader;
    std::deque<Bytes> letters;
    std::size_t introductions_read = 0;
    bool is_woken = false;
  };
  struct History {
    std::vector<std::pair<topic::EntryKind, Bytes>> entries;
    std::set<SubmissionId> taken;
  };

  bool chance(unsigned percent) { return !is_healed_ && dice_.happens(percent); }
  void append(MachineId from, topic::EntryKind kind, const SubmissionId& id, const Bytes& entry);
  void broadcast(MachineId from, const Bytes& entry);
  void deliver(MachineId to, const Bytes& entry, Duration after);
  void read(MachineId who);
  bool read_one(MachineId who);
  History& history_of(MachineId who) { return histories_[others_.contains(who) ? 1 : 0]; }

  const TopicPlan& plan_;
  Schedule& schedule_;
  Chronicle& chronicle_;
  Dice& dice_;
  std::map<MachineId, Box> boxes_;
  std::vector<Bytes> introductions_;
  History histories_[2];
  std::set<MachineId> cut_, blinded_, others_;
  std::optional<MachineId> swapped_for_;
  bool swallows_ = false, is_healed_ = false;
};

}  // namespace taut::sim
