#pragma once
// Logs whose record is in memory: those that somebody on a link has access to, those with something under
// way, and the most recent others.

#include <variant>

#include "base/bounded_bytes.hpp"
#include "dispatcher/effects.hpp"
#include "dispatcher/recent.hpp"

namespace taut::dispatcher {

struct LogReading;

/// Somebody who has proven that he holds this key; `opens`: and wants to make the log.
struct AccessCall {
  ConnectionId connection = 0;
  frame::RequestId request = 0;
  AccessKey key;
  std::optional<LogRetention> opens;
};
/// Its sender has had his answer.
struct Introduction {
  SubmissionId submission;
  std::uint32_t ttl_s = 0;
  Bytes body;
};
using LogCall = std::variant<AccessCall, Introduction>;

struct LogResident {
  enum class Phase : std::uint8_t { unknown, loading, loaded };

  LogId id;
  Phase phase = Phase::unknown;
  /// Once loaded. nullopt: there is no such log. Counts what is on its way to the store as stored.
  std::optional<LogRecord> record;
  std::vector<LogReading*> readings;
  std::vector<LogCall> waiting;  ///< while loading
  std::uint32_t pins = 0;
  std::list<LogResident*>::iterator recency;
};

using LogPin = Pinned<LogResident>;
using LogResidents = Recent<LogId, LogResident>;

}  // namespace taut::dispatcher
