#pragma once
// Nodes whose record is in memory: those that are connected, those with something under way, and the
// most recent others.

#include <list>
#include <map>

#include "dispatcher/access.hpp"
#include "dispatcher/handed_card.hpp"
#include "dispatcher/submission.hpp"

namespace taut::dispatcher {

struct Connection;

struct Resident {
  enum class Phase : std::uint8_t { unknown, loading, loaded };

  NodeId id;
  Phase phase = Phase::unknown;
  /// Once loaded. nullopt: not registered here. Counts what is on its way to the store as stored.
  std::optional<NodeRecord> record;
  std::optional<Access> access;          ///< nullopt: everybody may put
  std::vector<Connection*> connections;  ///< in the order of their arrival
  std::vector<Submission> waiting;       ///< while loading
  std::vector<HandedCard> waiting_cards;
  std::uint64_t card_issued = 0;  ///< highest card sequence that the store holds or was given
  Bytes state_issued;             ///< the state note that the store holds or was given last
  std::uint32_t pins = 0;
  std::list<Resident*>::iterator recency;

  const Bytes& note(NoteKind kind) const { return record->notes[static_cast<std::size_t>(kind)]; }
  bool is_revoked() const { return record && record->card_sequence == kRevokedSequence; }
  /// What the store says.
  void set_record(std::optional<NodeRecord> known);
  /// The store holds it now. @pre record
  void keep_note(NoteKind kind, Bytes note);
  void add(Share share, const Usage& more) {
    if (record) record->usage[static_cast<std::size_t>(share)] += more;
  }
  void subtract(const ShareUsage& less) {
    for (std::size_t i = 0; record && i < kShareCount; ++i) record->usage[i] -= less[i];
  }
  Usage usage() const { return record ? total(record->usage) : Usage{}; }

 private:
  void read_access();
};

/// Keeps a resident in memory.
class Pin {
 public:
  Pin() = default;
  explicit Pin(Resident& resident) : resident_(&resident) { ++resident.pins; }
  Pin(Pin&& other) noexcept : resident_(std::exchange(other.resident_, nullptr)) {}
  Pin& operator=(Pin&& other) noexcept {
    std::swap(resident_, other.resident_);
    return *this;
  }
  Pin(const Pin&) = delete;
  Pin& operator=(const Pin&) = delete;
  ~Pin() {
    if (resident_ != nullptr) --resident_->pins;
  }

  explicit operator bool() const { return resident_ != nullptr; }
  Resident& operator*() const { return *resident_; }
  Resident* operator->() const { return resident_; }

 private:
  Resident* resident_ = nullptr;
};

class Residents {
 public:
  explicit Residents(std::size_t kept_max) : kept_max_(kept_max) {}

  /// The node's entry; a new one is in Phase::unknown.
  Pin at(const NodeId& id);
  /// nullptr: not in memory.
  Resident* find(const NodeId& id);
  std::size_t size() const { return by_id_.size(); }

 private:
  void make_room();

  std::size_t kept_max_;
  // An ordered tree: whoever names nodes at will cannot make it slow, as he could a hash table.
  std::map<NodeId, Resident> by_id_;
  std::list<Resident*> recent_;  ///< the latest in front
};

}  // namespace taut::dispatcher
