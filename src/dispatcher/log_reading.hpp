#pragma once
// What one link does with logs: keys that it has proven, what it reads, what it has half handed in.

#include <memory>

#include "dispatcher/log_resident.hpp"
#include "dispatcher/submission.hpp"

namespace taut::dispatcher {

/// A key that was proven on this link.
struct ProvenKey {
  LogPin log;
  KeyNumber number = 0;
  AccessKey key;
};

/// One reading of a log (frame::ReadLog). Known to its log as long as it lasts.
struct LogReading {
  enum class Flow : std::uint8_t {
    behind,     ///< the store holds more
    fetching,   ///< the store was asked
    caught_up,  ///< everything stored has been delivered; what comes is pushed
  };
  enum class Drained : std::uint8_t { owed, said };

  LogReading(ConnectionId reader, frame::RequestId request, LogResident& read)
      : connection(reader), id(request), log(read) {
    log->readings.push_back(this);
  }
  LogReading(const LogReading&) = delete;
  LogReading& operator=(const LogReading&) = delete;
  ~LogReading() { std::erase(log->readings, this); }

  ConnectionId connection;
  frame::RequestId id;
  LogPin log;
  KeyNumber key = 0;
  frame::Shelf shelf = frame::Shelf::entries;
  frame::Until until = frame::Until::drained;
  Flow flow = Flow::behind;
  Drained drained = Drained::owed;
  LogNumber cursor = 0;  ///< everything up to here was delivered, or is gone
};
using LogReadingPtr = std::unique_ptr<LogReading>;

/// An entry on its way in.
struct LogSubmission {
  Ticket ticket;
  LogId log;
  AccessKey key;
  std::optional<AccessKey> successor;
  Bytes body;
};

}  // namespace taut::dispatcher
