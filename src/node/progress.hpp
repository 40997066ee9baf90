#pragma once
// How far this state has got: by what it left at dispatchers, a restored snapshot and a second live copy of
// the same node are found (docs/protocol/node.md, "Copies of the state").

#include "base/random.hpp"
#include "identity/identity.hpp"
#include "node/store.hpp"
#include "node/task.hpp"

namespace taut::node {

/// Random; drawn at init and whenever a state begins anew.
using Incarnation = Opaque<struct IncarnationTag, 16>;

/// struct { uint8 format = 1; opaque incarnation[16]; uint64 sequence; } StateTBS;   signed under "State"
/// struct { opaque tbs<V>; opaque signature<V>; } StateRecord;                      at most 1,024 bytes
struct StateRecord {
  Incarnation incarnation;
  std::uint64_t sequence = 0;
  friend bool operator==(const StateRecord&, const StateRecord&) = default;
};
Result<Bytes> signed_record(const StateRecord& record, const crypto::SignatureKeyPair& key);
/// @errors malformed; incompatible; unauthentic (bad_signature)
Result<StateRecord> parse_state_record(ByteView bytes, const crypto::SignaturePublic& key);

/// What this state knows of itself.
struct Progress {
  StateRecord current;
  std::optional<StateRecord> before;  ///< another incarnation, that this one took over from in full knowledge
  std::vector<NodeId> told;           ///< dispatchers that have had a record of the current incarnation
};
Result<Progress> load_progress(Transaction& transaction);
Status save_progress(Transaction& transaction, const Progress& progress);
/// A new incarnation, which comes after the one that the state held.
Status begin_incarnation(Transaction& transaction, Random& random);

/// What a dispatcher's record says of this state.
enum class Copy : std::uint8_t {
  none = 0,
  rolled_back = 1,  ///< this state is an older one than has lived since
  second = 2,       ///< another state of this node is alive beside it
};
Copy judge(const Progress& progress, const StateRecord& found, const NodeId& dispatcher);

/// The last thing that was noticed.
struct Notice {
  Copy copy = Copy::none;
  NodeId dispatcher;  ///< that told it
  WallTime at;        ///< 0: the clock was not known
};
Result<std::optional<Notice>> last_notice(Transaction& transaction);
Status save_notice(Transaction& transaction, const Notice& notice);

}  // namespace taut::node
