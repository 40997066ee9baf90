#pragma once
// The messages of one sender, each once and in order (docs/protocol/topic.md, "Messages"). Internal.

#include <deque>

#include "topic/records.hpp"
#include "topic/said.hpp"

namespace taut::topic {

struct Arrival {
  Said said;
  std::uint64_t epoch = 0;
  Delivery delivery = Delivery::in_order;
};

/// What became of one message, or of time passing.
struct Arrivals {
  std::vector<Arrival> deliver;
  std::optional<Gap> gap;  ///< tell it before them
};

class SenderOrder {
 public:
  /// @param since  its first counter is known to be 0 where it joined after this participant did
  enum class Since : std::uint8_t { before_us, after_us };
  SenderOrder(const NodeId& node_id, std::uint64_t sequence, Since since)
      : node_id_(node_id), sequence_(sequence), is_known_(since == Since::after_us) {}

  /// The node has a new leaf, or this participant has: counters start anew, message IDs are remembered.
  void start_again(std::uint64_t sequence, Since since, Journal& journal);

  /// This participant's first epoch, and that of its leaf: later, where it came back.
  struct Presence {
    std::uint64_t joined_in = 0;   ///< what was said before is not for it
    std::uint64_t leaf_since = 0;  ///< before, it may have missed anything
  };
  Arrivals take(Said said, std::uint64_t epoch, const Presence& presence, Journal& journal);
  /// What is held goes out, and what it waited for is a gap.
  Arrivals give_up(Journal& journal);
  bool is_waiting() const { return !held_.empty(); }

  Arrived arrived() const;

  void save(Journal& journal) const;
  void forget(Journal& journal) const;
  static Result<SenderOrder> load(const NodeId& node_id, ByteView saved);
  Status load_held(std::uint64_t counter, ByteView saved);
  Status load_recent(std::uint64_t slot, ByteView saved);

 private:
  struct Range {
    std::uint64_t first = 0, count = 0;
  };
  struct Held {
    Said said;
    std::uint64_t epoch = 0;
  };

  void begin_at(std::uint64_t counter);
  void hold(Said said, std::uint64_t epoch, Journal& journal);
  std::size_t held_bytes() const;
  void drain(Arrivals& arrivals, Journal& journal);
  void deliver(Arrivals& arrivals, Arrival arrival, Journal& journal);
  void take_late(Arrivals& arrivals, Said said, std::uint64_t epoch, Journal& journal);
  void miss(std::uint64_t first, std::uint64_t count);

  NodeId node_id_;
  std::uint64_t sequence_ = 0;
  bool is_known_ = false;
  std::uint64_t next_ = 0;
  std::uint64_t delivered_ = 0;
  std::vector<Range> missing_;
  std::map<std::uint64_t, Held> held_;
  std::vector<MessageId> recent_;  // a ring: slot delivered_ % kRecentCountMax is the next
};

}  // namespace taut::topic
