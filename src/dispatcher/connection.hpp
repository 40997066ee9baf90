#pragma once
// One link, seen from the logic.

#include "dispatcher/log_reading.hpp"
#include "dispatcher/peer.hpp"
#include "dispatcher/resident.hpp"
#include "dispatcher/uploads.hpp"

namespace taut::dispatcher {

/// How far the owner of an inbox has got, and how much more it wants.
struct Subscription {
  enum class Flow : std::uint8_t {
    idle,       ///< nothing asked for
    behind,     ///< the store may hold more
    fetching,   ///< the store was asked
    caught_up,  ///< everything stored has been delivered; what comes is pushed
  };

  Flow flow = Flow::idle;
  frame::Until until = frame::Until::drained;
  std::int64_t credit = 0;                  ///< of the link, entries of logs too; may be overdrawn by one
  QueueNumber cursor = 0;                   ///< everything up to here was delivered on this link, or is gone
  std::vector<frame::RequestId> questions;  ///< each is owed a Drained
};

struct Connection {
  enum class Phase : std::uint8_t {
    awaiting_record,  ///< the hello waits for the node's record
    open,
    doomed,  ///< ends when this event is over
  };

  ConnectionId id = 0;
  Pin resident;  ///< empty: the link is anonymous
  SessionId session;
  frame::Carrier carrier = frame::Carrier::unknown;
  SourceId source = kNoSource;
  Phase phase = Phase::awaiting_record;
  Instant last_heard;
  std::size_t unsent_bytes = 0;
  std::size_t put_bytes = 0;       ///< charges of the tickets that wait
  std::size_t open_questions = 0;  ///< with a request ID and without an answer; puts are counted in bytes
  Uploads<Submission> uploads;
  Subscription subscription;
  std::vector<ProvenKey> proven;
  std::vector<LogReadingPtr> readings;
  Uploads<LogSubmission> log_uploads;
  std::uint64_t relayed_count = 0;  ///< online-only messages that were delivered on this link

  bool is_anonymous() const { return !resident; }
  /// Its node may have an inbox here.
  bool is_registered() const { return resident && resident->record; }
  /// @pre not anonymous
  const NodeId& node() const { return resident->id; }
};

}  // namespace taut::dispatcher
