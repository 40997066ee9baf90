#pragma once
// Keeps a stock of KeyPackages at each own dispatcher, so that others can begin a conversation while this
// node is away (docs/protocol/node.md, "KeyPackages"). What a task does besides is its own business.
//
// Private keys and the intent to publish are stored in one transaction; a batch whose answer was lost is
// published again as it is.

#include "base/random.hpp"
#include "identity/identity.hpp"
#include "node/session.hpp"
#include "node/store.hpp"

namespace taut::node {

/// For one use each, of each suite, at each dispatcher; as many as fit one frame.
inline constexpr std::size_t kKeyStockTarget = 32;
/// A KeyPackage is handed out for so long ...
inline constexpr std::chrono::days kKeyPackageLife{90};
/// ... and a last resort takes the place of one that is this old, or was used.
inline constexpr std::chrono::days kLastResortRotation{30};
/// Private halves kept here, all in all: a dispatcher that always wants more gets no more then.
inline constexpr std::size_t kOwnKeyPackagesMax = 2048;

class KeyStock {
 public:
  KeyStock(Store& store, const identity::Identity& identity, Random& random,
           std::size_t target = kKeyStockTarget)
      : store_(store), identity_(identity), random_(random), target_(target) {}

  bool is_busy() const { return !open_.empty(); }
  /// With each link: publishes the first stock, a new last resort where it is time, or again what was under
  /// way.
  /// @errors the store's, for all of these
  Status look(const NodeId& dispatcher, Session& session, const Moment& at);
  /// Asks what is left: somebody has used a KeyPackage, perhaps. A notice names what is low alone.
  void count(const NodeId& dispatcher, Session& session);
  /// Fills up what is not full, and replaces last resorts that were used.
  Status on_counted(const NodeId& dispatcher, const KeyPackagesCounted& counted, Session& session,
                    const Moment& at);
  /// @return  whether it answers a question of this stock
  Result<bool> on_answer(const NodeId& dispatcher, const Answered& answer);
  void on_lost(const NodeId& dispatcher) { open_.erase(dispatcher); }

 private:
  Status publish(const NodeId& dispatcher, std::span<const frame::KeyPackageCount> counts, Session& session,
                 const Moment& at);

  Store& store_;
  const identity::Identity& identity_;
  Random& random_;
  std::size_t target_;
  struct Open {
    frame::RequestId request = 0;
    std::uint64_t batch = 0;  ///< 0: what is left was asked
  };
  std::map<NodeId, Open> open_;
};

/// The state file was copied or restored: another may have used what we published, or know its private
/// halves. Every stock is replaced with the next link.
Status forget_key_stocks(Transaction& transaction);

}  // namespace taut::node
