#pragma once
// Brings the own card to dispatchers, one question after the other; what a task does besides is its own
// business (docs/protocol/node.md, "Cards").

#include "identity/identity.hpp"
#include "node/own_dispatchers.hpp"
#include "node/session.hpp"

namespace taut::node {

class CardPublisher {
 public:
  enum class Step : std::uint8_t {
    not_ours,   ///< the event answers no question of this publisher
    asked,      ///< another question is on its way
    published,  ///< the dispatcher holds our newest card, and the store says so
  };

  CardPublisher(Store& store, const identity::Identity& identity) : store_(store), identity_(identity) {}

  /// Reads the own card and what every dispatcher has of it.
  Status load();
  /// Whether this dispatcher has an older card, or none.
  bool is_due(const NodeId& dispatcher) const;
  /// The same, as far as the dispatcher itself says: it may have removed us.
  bool is_due(const NodeId& dispatcher, const Session& session) const {
    return !session.is_registered() || is_due(dispatcher);
  }
  bool is_asking(const NodeId& dispatcher) const { return open_.contains(dispatcher); }
  /// @pre load()
  const identity::SignedCard& card() const { return *card_; }
  /// Registers where the node is not registered, else publishes.
  /// @pre load()
  /// @errors the store's; those of signing
  Result<Step> publish(const NodeId& dispatcher, Session& session);

  /// @errors violation (refused), unauthentic (revoked), exhausted (full), unavailable: the dispatcher's
  ///         no; and the store's errors
  Result<Step> on_answer(const NodeId& dispatcher, const Answered& answer, Session& session,
                         const Moment& at);
  /// A newer card of ours is there (another copy of this node, or a lost state): go above its sequence.
  Result<Step> on_card(const NodeId& dispatcher, const CardFound& found, Session& session, const Moment& at);
  void on_lost(const NodeId& dispatcher) { open_.erase(dispatcher); }

  /// What the dispatcher may tell of this device, and to whom. @pre load()
  void report(Session& session, std::chrono::seconds uptime) const {
    session.report(uptime, card_->card().name, viewers_);
  }

 private:
  struct Open {
    frame::RequestId request = 0;
    std::uint64_t sequence = 0;
    unsigned attempts = 0;
  };
  Result<frame::RequestId> hand_in(const NodeId& dispatcher, Session& session);
  Status note_refused(const NodeId& dispatcher);
  Result<Step> succeed(const NodeId& dispatcher, std::uint64_t sequence, const Moment& at);

  Store& store_;
  const identity::Identity& identity_;
  std::optional<identity::SignedCard> card_;
  std::vector<NodeId> viewers_;
  std::map<NodeId, std::uint64_t> published_;
  std::uint64_t own_sequence_ = 0;  ///< of our card at ourselves, where we serve
  std::map<NodeId, Open> open_;
};

}  // namespace taut::node
