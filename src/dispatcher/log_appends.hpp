#pragma once
// Entries on their way into a log: from the first chunk to the answer.

#include "dispatcher/log_readings.hpp"

namespace taut::dispatcher {

class LogAppends {
 public:
  LogAppends(Common& common, LogReadings& readings) : common_(common), readings_(readings) {}

  Status on_append(Connection& from, const frame::Append& append, const Moment& at);
  Status on_append_chunk(Connection& from, const frame::AppendChunk& more, const Moment& at);

  void on_result(AppendPending& pending, Result<EntryPlaced> result, const Moment& at);
  void on_result(LateAppendPending& pending, Result<std::optional<EntryRecord>> result);

  /// Gives up uploads whose next chunk does not come.
  void abandon_stalled(Connection& connection, Instant now);

 private:
  void submit(Connection& from, LogSubmission submission, const Moment& at);
  void store(LogResident& log, LogKey& key, LogSubmission submission, const BodyHash& hash, const Moment& at);
  /// nullopt: there is room.
  std::optional<frame::AppendState> no_room(const Connection& from, const LogKey& key,
                                            const LogSubmission& submission, Instant now);
  void settle(const Ticket& ticket, frame::AppendState state, LogNumber number = 0,
              std::uint32_t retry_after_s = 0);
  void settle_failed(const Ticket& ticket, const Error& error);

  Common& common_;
  LogReadings& readings_;
};

}  // namespace taut::dispatcher
