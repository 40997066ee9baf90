#pragma once
// What a node's state file holds, as rows (docs/protocol/node-state.md). Fields named `record` are
// encoded and read by this room alone; the store keeps them as they are.

#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "envelope/letter.hpp"

namespace taut::node {

/// Single values. Numbers are part of the file's format.
enum class ValueKey : std::uint8_t {
  identity = 1,         ///< secret: identity::Identity, serialised
  own_card = 2,         ///< the last card that we signed
  name = 3,             ///< self-chosen
  stream = 4,           ///< our stream ID, and the place it was drawn at
  wall_time = 5,        ///< the highest wall time ever seen
  suites = 6,           ///< offered, in the order of preference
  serves_at = 7,        ///< where this node dispatches; empty: it does not
  format = 8,           ///< of the values and records in this file
  published_keys = 9,   ///< since when every dispatcher has had a card with which sealing key
  progress = 10,        ///< incarnation and sequence of this state (node/progress.hpp)
  notice = 11,          ///< the last copy of this state that was noticed
  access = 12,          ///< secret: the key of delivery tokens, and who may put (node/access.hpp)
  enrolments = 20,      ///< secret: one-time tokens that were not spent yet
  device_viewers = 21,  ///< who else may see this device at its dispatchers
  key_stocks = 22,      ///< KeyPackages at dispatchers (node/key_stock_records.hpp)
};

/// Grows with every new sealing key of a node.
using SealingKeyNumber = std::uint64_t;
using envelope::Counter;
using envelope::StreamId;
/// Places in the queues below: grow, and are never used twice.
using RowNumber = std::uint64_t;

struct SealingKeyRow {
  SealingKeyNumber number = 0;
  SecretBytes key;  ///< identity::SealingKeyPair, serialised
};

enum class Verification : std::uint8_t { unverified = 0, verified = 1 };

/// One or more nodes under a petname.
struct ContactRow {
  std::string petname;
  Verification verification = Verification::unverified;
  std::vector<NodeId> nodes;  ///< a node belongs to one contact at most
};

/// A dispatcher that keeps our inbox.
struct DispatcherRow {
  NodeId node_id;
  Bytes record;
};

/// One copy of an outgoing message, at one dispatcher.
struct Submission {
  NodeId dispatcher;
  SubmissionId id;
};

/// Whether dispatchers keep a message for a recipient who is away. Numbers are part of the file's format.
enum class Keep : std::uint8_t { stored = 0, online_only = 1 };
/// What the sender waits for before it forgets a message. Numbers are part of the file's format.
enum class Until : std::uint8_t {
  stored = 0,
  released = 1,  ///< the recipient has signed that it has it
  fetched = 2,   ///< a dispatcher says so
  nothing = 3,   ///< a release of ours: it is put, and nobody is told what becomes of it
};
/// What is known of it. The same.
enum class Stage : std::uint8_t { sealed = 0, stored = 1, fetched = 2, released = 3 };

/// A sealed message whose outcome is not known, or not the one that is waited for.
struct OutgoingRow {
  RowNumber number = 0;  ///< given by add_outgoing
  MessageId message_id;
  NodeId recipient;
  WallTime created;
  Bytes envelope;
  std::vector<Submission> submissions;
  WallTime expires = {};  ///< 0: its sender had no clock
  Keep keep = Keep::stored;
  Until until = Until::stored;
  Stage stage = Stage::sealed;
};

/// What came from one sender in one stream.
struct StreamRow {
  NodeId sender;
  StreamId stream = 0;
  Bytes record;
  SealingKeyNumber newest_key = 0;  ///< our newest sealing key when the stream was last heard
};

/// A message that waits for those before it.
struct HeldRow {
  NodeId sender;
  StreamId stream = 0;
  Counter counter = 0;
  Bytes record;
};

enum class Offered : std::uint8_t { never = 0, before = 1 };

/// Something to show to the node's owner: a message or a gap.
struct ItemRow {
  RowNumber number = 0;  ///< given by add_item
  Offered offered = Offered::never;
  Bytes record;
};

}  // namespace taut::node
