#pragma once
// Every message of a run from its writing to its showing, and what must hold between the two.

#include <set>

#include "node/items.hpp"
#include "node/task.hpp"
#include "sim/chronicle.hpp"

namespace taut::sim {

/// Marks everything that must stay secret.
inline constexpr std::size_t kCanaryBytes = 16;

class Ledger {
 public:
  using Number = std::size_t;
  struct Written {
    MachineId from = 0;
    MachineId to = 0;
    Bytes body;
    std::chrono::seconds ttl{};
    // Once it is sealed:
    std::optional<MessageId> id;
    node::Counter counter = 0;  ///< that its place in the sender's work gives it
    std::vector<node::Submission> submissions;
    // Once there is a receipt:
    std::optional<node::Outcome> outcome;
    std::vector<NodeId> stored_at;
    unsigned shown = 0;  ///< for the first time
    unsigned shown_again = 0;
  };

  Ledger(Chronicle& chronicle, ByteView canary) : chronicle_(chronicle), canary_(to_bytes(canary)) {}

  Number write(const PlannedMessage& plan);
  /// The same words, written anew.
  Number write_again(Number number);
  const Written& at(Number number) const { return written_.at(number); }

  // The sender.
  bool knows(const MessageId& id) const { return by_id_.contains(id); }
  void on_sealed(Number number, const node::OutgoingRow& row);
  void on_readdressed(const node::OutgoingRow& row);
  /// @return  the message that has to be written again; none: nothing has to be done
  std::optional<Number> on_receipt(const node::Receipt& receipt);

  // The recipient.
  void on_shown(MachineId by, const node::Item& item);

  // Dispatchers.
  using IsKept = std::function<bool(const Written&, const SubmissionId&)>;
  /// After a crash: whatever was acknowledged for this dispatcher is still known there.
  void check_acknowledged(const NodeId& dispatcher, const IsKept& is_kept);
  /// nullptr: none of ours.
  const Written* of_submission(const SubmissionId& id) const;

  /// At the end.
  void check_all_arrived();
  std::size_t count() const { return written_.size(); }
  std::size_t acknowledged_count() const;

 private:
  struct Stream {
    std::uint64_t next = 0;
    std::set<node::Counter> missing;
  };
  void on_message(MachineId by, const node::Item& item, const node::Message& message);
  void on_gap(MachineId by, const node::Item& item, const node::Gap& gap);
  void check_order(Stream& stream, const node::Message& message);
  std::optional<Number> find(ByteView body) const;

  Chronicle& chronicle_;
  Bytes canary_;
  std::vector<Written> written_;
  std::map<MessageId, Number> by_id_;
  std::map<SubmissionId, Number> by_submission_;
  std::map<std::pair<MachineId, MachineId>, node::Counter> sealed_;
  std::map<std::tuple<MachineId, NodeId, node::StreamId>, Stream> streams_;
};

}  // namespace taut::sim
