#pragma once
// A node's own part of the state file: identity, name, card, stream (docs/protocol/node-state.md).

#include "base/random.hpp"
#include "identity/identity.hpp"
#include "node/lifetimes.hpp"
#include "node/store.hpp"
#include "node/task.hpp"

namespace taut::node {

/// What a shell says of where the state file lies (device, inode, …): another value than at the last
/// time means that it was copied or restored, and a new stream begins. At most kPlaceBytesMax.
using Place = ByteView;
inline constexpr std::size_t kPlaceBytesMax = 256;
/// Of a state file that is made to be carried away: the place where it is opened first is its own.
inline constexpr Place kNoPlaceYet{};

struct NewNode {
  std::string name;  ///< may be empty
  std::vector<crypto::SuiteId> suites;
};

/// Draws every key and signs the first card, in one transaction.
/// @errors misuse (identity_exists, bad_name, no suites)
Status initialise(Store& store, const NewNode& node, Place place, const Moment& at, Random& random);

enum class StateFile : std::uint8_t { as_left, moved };

/// All of a new state file but the card: for initialise, and for a restored backup.
/// @errors misuse (identity_exists)
Status begin_node(Transaction& transaction, const identity::Identity& identity, const NewNode& node,
                  Place place, const Moment& at, Random& random);

struct Self {
  identity::Identity identity;
  std::string name;
  identity::SignedCard card;
  StateFile state_file;  ///< moved: it was copied or restored since it was last opened
};

/// Loads the node, and does what is due by the time that is believed (node/believed_time.hpp): a new stream
/// after a move, a new sealing key every week, old ones erased, the card signed anew when it changes.
/// @errors unavailable (no_identity); incompatible (future_state); malformed (damaged_state)
Result<Self> open(Store& store, Place place, const Moment& at, Random& random);

/// Whether a state file holds an identity.
Result<bool> is_initialised(Store& store);

/// This node dispatches at these addresses; none: no longer.
Result<identity::SignedCard> serve_at(Store& store, const std::vector<identity::Address>& addresses,
                                      const Moment& at);
/// @errors malformed (bad_name)
Result<identity::SignedCard> rename(Store& store, std::string_view name, const Moment& at);

/// The card as it was last signed.
Result<identity::SignedCard> own_card(Transaction& transaction);
/// Signs a card from what the state says now, with the next sequence, and keeps it.
/// @param sequence_floor  a sequence of ours that was seen elsewhere: the new one is higher
Result<identity::SignedCard> sign_card(Transaction& transaction, const identity::Identity& identity,
                                       std::optional<WallTime> wall, std::uint64_t sequence_floor = 0);

/// What open does about keys and card, for a node that stays up.
Status keep_keys_and_card(Transaction& transaction, const Moment& at, Random& random);

/// The identity alone. @errors as open
Result<identity::Identity> load_identity(Transaction& transaction);
/// Our stream ID.
Result<StreamId> own_stream(Transaction& transaction);
/// A new stream, in which counters start at 0.
Status renew_stream(Transaction& transaction, Random& random);

}  // namespace taut::node
