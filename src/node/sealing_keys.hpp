#pragma once
// The node's sealing keys: one current, and old ones as long as an envelope may still need them
// (docs/protocol/identity.md, "Sealing keys").

#include "base/random.hpp"
#include "identity/sealing_key.hpp"
#include "node/lifetimes.hpp"
#include "node/store.hpp"

namespace taut::node {

struct SealingKeys {
  std::vector<identity::SealingKeyPair> pairs;  ///< the newest last
  SealingKeyNumber newest = 0;                  ///< its number
};

/// @errors malformed (damaged_state): none there, or not readable
Result<SealingKeys> load_sealing_keys(Transaction& transaction);

Status add_sealing_key(Transaction& transaction, crypto::SuiteId suite, std::optional<WallTime> wall,
                       Random& random);

/// Every dispatcher of the node has a card with its newest sealing key: from now on senders find it.
Status note_published(Transaction& transaction, std::optional<WallTime> wall);

enum class Rotation : std::uint8_t { none, rotated };

/// Whether keep_sealing_keys would change anything now.
Result<bool> sealing_keys_are_due(Transaction& transaction, std::optional<WallTime> wall);
/// Rotates where it is time, and erases what no envelope can need: with a key goes what was remembered
/// only against replays to it.
Result<Rotation> keep_sealing_keys(Transaction& transaction, std::optional<WallTime> wall, Random& random);

}  // namespace taut::node
