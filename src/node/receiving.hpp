#pragma once
// Receives from every own dispatcher (design §6; docs/protocol/node.md, "Receiving").
//
// A delivery is opened, verified, put in order and committed to the node's store; then it is released at
// the dispatcher. Items are shown from the store (node/items.hpp). The own card is published where an older
// one is.

#include <memory>

#include "base/random.hpp"
#include "identity/identity.hpp"
#include "node/key_stock.hpp"
#include "node/task.hpp"

namespace taut::node {

enum class Stay : std::uint8_t {
  until_drained,  ///< finish when everything that waited has come
  for_more,       ///< stay, and connect again
};

/// A gap is reported when every reachable dispatcher was drained again, not before this time: messages
/// that two commands of the sender send side by side may come in another order ...
inline constexpr std::chrono::seconds kGapGrace{2};
/// ... and not after this one, whatever the dispatchers do.
inline constexpr std::chrono::seconds kGapWaitMax{30};

/// Since the task began.
struct ReceiveCounters {
  std::uint64_t accepted = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t unopened = 0;  ///< forged, altered, or sealed to a key that is erased
};

/// Ends with unauthentic (own_revoked) where a dispatcher holds our final card, which is kept; with
/// unavailable (no_dispatcher, unreachable), or an identity that does not hold, when no
/// dispatcher could be drained; what the store already holds can be shown all the same.
class Receiving : public Task {
 public:
  virtual ReceiveCounters counters() const = 0;
  /// Asks every dispatcher for what it has now; Drained follows when all have answered.
  virtual Effects ask(const Moment& at) = 0;
  /// Others have changed the state file: dispatchers may be new in use, or forgotten.
  virtual Effects refresh(const Moment& at) = 0;
  /// Whether there is a link to any dispatcher, or may be soon.
  virtual bool has_hope() const = 0;
};

/// A node that serves has an inbox at itself, and links to itself like to any other. Identity, store and
/// random outlive the task.
/// @param key_packages  how many of them are kept at each dispatcher
std::unique_ptr<Receiving> make_receiving(Store& store, const identity::Identity& identity, Random& random,
                                          Stay stay, std::size_t key_packages = kKeyStockTarget);

}  // namespace taut::node
