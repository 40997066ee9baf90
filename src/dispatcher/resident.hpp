#pragma once
// Nodes whose record is in memory: those that are connected, those with something under way, and the
// most recent others.

#include "dispatcher/access.hpp"
#include "dispatcher/handed_card.hpp"
#include "dispatcher/package_claim.hpp"
#include "dispatcher/recent.hpp"
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
  std::vector<PackageClaim> waiting_claims;
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

using Pin = Pinned<Resident>;
using Residents = Recent<NodeId, Resident>;

}  // namespace taut::dispatcher
