#pragma once
// Asks each dispatcher for the record that this node left there, judges it, and leaves a newer one. What a
// task does besides is its own business.

#include "node/progress.hpp"
#include "node/session.hpp"

namespace taut::node {

class CopyWatch {
 public:
  CopyWatch(Store& store, const identity::Identity& identity, Random& random)
      : store_(store), identity_(identity), random_(random) {}

  bool is_busy() const { return !open_.empty(); }
  /// Asks, where no question is open.
  void look(const NodeId& dispatcher, Session& session);

  struct Seen {
    bool is_ours = false;  ///< the event answers a question of this watch
    Copy copy = Copy::none;
  };
  /// @errors the store's
  Result<Seen> on_state(const NodeId& dispatcher, const StateFound& found, Session& session,
                        const Moment& at);
  Result<Seen> on_answer(const NodeId& dispatcher, const Answered& answer, Session& session,
                         const Moment& at);
  void on_lost(const NodeId& dispatcher) { open_.erase(dispatcher); }

 private:
  struct Open {
    frame::RequestId request = 0;
    unsigned attempts = 0;
  };
  Result<Copy> take_in(Transaction& transaction, const NodeId& dispatcher,
                       const std::optional<StateRecord>& found, const Moment& at);
  Status begin_anew(Transaction& transaction, const Moment& at);
  Status note_told(Transaction& transaction, const NodeId& dispatcher) const;

  Store& store_;
  const identity::Identity& identity_;
  Random& random_;
  std::map<NodeId, Open> open_;
};

}  // namespace taut::node
