#pragma once
// The storage that a dispatcher needs, as values: operations out, results in. Whoever carries them out
// (store/, or a test's simulated disk) keeps these rules:
//
// - Every operation is atomic, and gets exactly one result.
// - Operations on one node's rows happen, and their results are handed in, in the order in which the
//   operations were issued; so do those on one log (log_store.hpp). Between them any order is allowed.
//   LoadTotals, AddToken, ListNodes, DescribeNodes, all sweeps and Erase are ordered with everything.
// - A result that is a value is handed in only after everything that the operation changed *and saw* is
//   durable. A result that is an error changed nothing: exhausted when the disk is full, else unavailable.
// - So operations that wait may share one transaction and one sync; when that fails, all of them do.
// - After a crash the store holds exactly the operations of some prefix (per node), and at least all whose
//   results were handed in.

#include <variant>

#include "base/result.hpp"
#include "dispatcher/log_store.hpp"

namespace taut::dispatcher {

/// Growing by one from 1.
using OperationId = std::uint64_t;

/// The value of an operation that only succeeds.
struct Done {};

/// Everything the dispatcher counts at its start.
struct LoadTotals {};
struct Totals {
  Usage messages;  ///< of all inboxes
  std::uint64_t nodes = 0;
  std::uint64_t logs = 0;
  Usage entries;  ///< of all logs
};

/// std::optional<NodeRecord>; nullopt: no such node here.
struct LoadNode {
  NodeId node;
};

/// Makes the node's rows, with the defaults of NodeRecord, and spends one use of the token, if there is
/// one. A node that is there already stays as it is, and spends nothing. Admission; refused: the token is
/// not known, used up, or over (expires <= now), and nothing has changed.
struct AddNode {
  NodeId node;
  WallTime now;
  std::optional<EnrolmentHash> token;
};
enum class Admission : std::uint8_t { admitted, refused };

/// Everything that there is about a node goes, but what became of its submissions is kept as long as
/// promised, and found no more. Freed.
struct RemoveNode {
  NodeId node;
};

/// Done.
struct AddToken {
  EnrolmentHash token;
  std::uint32_t uses = 1;
  WallTime expires;
};

/// Replaces a note of a node that is there. Done.
struct SaveNote {
  NodeId node;
  NoteKind kind = NoteKind::device;
  Bytes note;  ///< at most kNoteBytesMax; empty: none any more
};

/// Nodes in the order of their IDs. Listed.
struct ListNodes {
  std::optional<NodeId> after;  ///< only those behind it
  std::size_t count_max = 0;    ///< at least 1
};
/// Those of these nodes that are there, in this order. Listed.
struct DescribeNodes {
  std::vector<NodeId> nodes;
};
struct NodeRow {
  NodeId node;
  ShareUsage usage{};
  std::optional<WallTime> oldest;  ///< when the oldest message of the inbox came
  Bytes device;                    ///< the note
};
struct Listed {
  std::vector<NodeRow> rows;
  Rest rest = Rest::none;
};

/// Puts a message into an inbox, with its submission, unless that submission ID is known there: then
/// nothing changes, and what is known comes back. The node's next_number becomes number + 1, its usage
/// grows.
struct PutMessage {
  NodeId inbox;
  SubmissionId submission;
  BodyHash hash;
  QueueNumber number = 0;  ///< higher than any of this inbox before
  Share share = Share::stranger;
  WallTime received;
  WallTime expires;
  WallTime forget;  ///< when the submission's row may go
  Bytes body;       ///< 1..kMessageBytesMax
};
struct Placed {
  std::optional<SubmissionRecord> known;  ///< nullopt: stored now
  Bytes body;                             ///< the operation's own, handed back
};

/// std::optional<SubmissionRecord>; nullopt: never stored here, or forgotten.
struct LookUpSubmission {
  NodeId inbox;
  SubmissionId submission;
};

/// Messages of an inbox, in order, each whole.
struct FetchMessages {
  NodeId inbox;
  QueueNumber after = 0;      ///< only numbers above this one
  std::size_t bytes_max = 0;  ///< of bodies together; the first message comes whatever its size
  std::size_t count_max = 0;  ///< at least 1
};
struct FetchedMessage {
  QueueNumber number = 0;
  WallTime received;
  WallTime expires;
  std::size_t offset = 0;  ///< into Fetched::bytes
  std::size_t size = 0;
};
struct Fetched {
  std::vector<FetchedMessage> messages;
  Bytes bytes;  ///< the bodies, one behind the other
  Rest rest = Rest::none;
};

/// Removes messages; their submissions become released. Numbers that are not there are no error. Freed.
struct ReleaseMessages {
  NodeId inbox;
  std::vector<QueueRange> ranges;
};
struct Freed {
  NodeId inbox;
  ShareUsage usage;
};

/// Replaces the card of a node that is there. Done. Sequences and times may be any 64 bits.
struct SaveCard {
  NodeId node;
  std::uint64_t sequence = 0;
  WallTime expires;
  Bytes card;
};

/// std::optional<Bytes>
struct LoadCard {
  NodeId node;
};

/// Removes what is over, at most `count_max` rows: messages with expires <= now (their submissions become
/// expired), submissions with forget <= now, cards with expires <= now (their card_sequence stays, so that no
/// older card comes back), tokens with expires <= now or without a use left.
struct Sweep {
  WallTime now;
  std::size_t count_max = 0;
};
struct Swept {
  std::vector<Freed> freed;  ///< one for each inbox that lost messages
  std::uint64_t cards = 0;
  std::uint64_t submissions = 0;
  std::uint64_t tokens = 0;
  Rest rest = Rest::none;
  /// When nothing else is left to do: nodes that had a card once, and have neither card nor messages now;
  /// at most count_max, in the order of their IDs. They stay.
  std::vector<NodeId> lapsed{};
};

/// When this is done, no byte of what was removed before is in any file: not in the database, not in its
/// log. Done.
struct Erase {};

using Operation =
    std::variant<LoadTotals, LoadNode, AddNode, RemoveNode, AddToken, SaveNote, ListNodes, DescribeNodes,
                 PutMessage, LookUpSubmission, FetchMessages, ReleaseMessages, SaveCard, LoadCard, Sweep,
                 Erase, LoadLog, AddLog, AppendEntry, LookUpEntry, ChangeLog, FetchEntries, PutIntroduction,
                 RemoveIntroductions, SweepLogs, PublishPackages, ClaimPackage, SweepPackages>;

using StoreValue = std::variant<Done, Totals, std::optional<NodeRecord>, Admission, Listed, Placed,
                                std::optional<SubmissionRecord>, Fetched, Freed, std::optional<Bytes>, Swept,
                                std::optional<LogRecord>, EntryPlaced, std::optional<EntryRecord>, BoxFreed,
                                LogsSwept, Restocked, Claimed, PackagesSwept>;
using StoreResult = Result<StoreValue>;

}  // namespace taut::dispatcher
