#pragma once
// Sends messages to one node (design §6; docs/protocol/node.md, "Sending").
//
// Connect first: the recipient's dispatchers are dialled and asked for a newer card. Only then is a message
// sealed and written to the outbox, in one transaction, and put. So an unreachable dispatcher leaves
// nothing behind; from the first byte that was sent on, the message stays in the outbox until its outcome
// is known, and is asked for again under the same submission ID, by this task or a later one.

#include <memory>

#include "base/random.hpp"
#include "envelope/content.hpp"
#include "identity/identity.hpp"
#include "node/lifetimes.hpp"
#include "node/sealer.hpp"
#include "node/store.hpp"
#include "node/task.hpp"

namespace taut::node {

/// Every dispatcher that a card may list, its own node among them.
inline constexpr std::size_t kCopiesMax = identity::kDispatcherCountMax + 1;

/// What of the outbox a task takes along.
enum class Pending : std::uint8_t {
  all,         ///< what the recipient has signed for too
  releases,    ///< ours, of which nobody is told anything
  unreleased,  ///< all that the recipient has not signed for: who waits for one that it has may still look
};

struct SendOptions {
  std::size_t copies = 2;  ///< dispatchers that a message is put at, where the card lists as many
  Handling handling = {};
  Pending pending = Pending::unreleased;
  Duration connect_deadline = std::chrono::seconds(15);
  Duration answer_deadline = std::chrono::seconds(30);  ///< without any progress
  std::optional<Duration> release_deadline = {};        ///< for what waits on, from the start on
};

/// Between looks whether the recipient has signed for what was sent.
inline constexpr Duration kLookForReleases = std::chrono::milliseconds(500);
/// After dispatchers have said that all was fetched, where no deadline is given.
inline constexpr Duration kSignatureGrace = std::chrono::seconds(30);

/// Messages that may be sealed and not answered.
inline constexpr std::size_t kInFlightMax = 256;
/// Content that may wait to be sealed.
inline constexpr std::size_t kOfferedBytesMax = std::size_t{4} << 20;

/// Ends with
///   unavailable (unreachable, no_dispatcher, sealing_key_expired): nothing was sent, nothing is kept;
///   unauthentic (identity_mismatch, revoked): the same;
///   unavailable (outcome_unknown): receipts say which messages; they are in the outbox;
///   unavailable (not_released): receipts say what is stored or fetched; it is in the outbox;
///   exhausted (full), violation (declined, expired): receipts say which; they are not kept.
/// With Until::fetched or released a message has a receipt for each step: stored, fetched, released. Releases
/// come to the own inbox: somebody has to receive meanwhile (node/receiving.hpp).
class Sending : public Task {
 public:
  /// How many messages may be offered now.
  virtual std::size_t wants() const = 0;
  /// It is sealed at the next settle().
  /// @errors misuse (too_large): over kContentBytesMax; exhausted: not wanted now
  virtual Status offer(envelope::Content content) = 0;
  /// Nothing more will be offered: finish when everything is answered.
  virtual void no_more() = 0;
};

/// @param recipient  a node whose card the store holds. Nothing offered: asks for what is in the outbox.
/// Identity, store and random outlive the task.
std::unique_ptr<Sending> make_sending(Store& store, const identity::Identity& identity,
                                      const identity::SignedCard& recipient, Random& random,
                                      const SendOptions& options = {});

}  // namespace taut::node
