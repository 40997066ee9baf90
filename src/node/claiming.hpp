#pragma once
// Claims a KeyPackage of another node at its dispatchers, to begin a conversation with it while it is away
// (docs/protocol/node.md, "Conversations of two").

#include <memory>

#include "identity/identity.hpp"
#include "node/store.hpp"
#include "node/task.hpp"

namespace taut::reasons {
/// Nobody there hands out a KeyPackage of this node, or its dispatcher does not to us.
inline constexpr Reason kNoKeyPackage{"no_key_package"};
}  // namespace taut::reasons

namespace taut::node {

/// For all of its dispatchers together, one after the other.
inline constexpr Duration kClaimPatience = std::chrono::seconds(30);

struct ClaimedKeyPackage {
  crypto::SuiteId suite{};
  Bytes message;  ///< an MLSMessage; nobody has looked into it
};

/// Ends without an error when it has one; else with
///   unavailable (unreachable, no_dispatcher, silent): nothing was claimed;
///   unavailable (no_key_package): every dispatcher that was reached has none for us;
///   incompatible (suite_refused): no suite in common;
///   unauthentic (revoked, own_revoked).
class Claiming : public Task {
 public:
  virtual const std::optional<ClaimedKeyPackage>& claimed() const = 0;
  /// The newest card of the node.
  virtual const identity::SignedCard& peer() const = 0;
};

/// A delivery token of the node's is shown, where there is one. Store and identity outlive the task.
std::unique_ptr<Claiming> make_claiming(Store& store, const identity::Identity& identity,
                                        const identity::SignedCard& peer);

}  // namespace taut::node
