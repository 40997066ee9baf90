#pragma once
// Logs towards their readers: what is filed under a key, from a cursor on, within the link's credit.

#include "dispatcher/deliveries.hpp"

namespace taut::dispatcher {

class LogReadings {
 public:
  LogReadings(Common& common, const Deliveries& deliveries) : common_(common), deliveries_(deliveries) {}

  Status on_read(Connection& from, const frame::ReadLog& read, const Moment& at);
  void on_end(Connection& from, const frame::EndReading& end);
  /// More may be delivered: there is credit, or the carrier has taken something.
  void advance(Connection& reader, const Moment& at);

  void on_result(ReadPending& pending, Result<Fetched> result, const Moment& at);

  /// An entry has become durable, or an introduction: to all who wait for it.
  void push_entry(LogResident& log, KeyNumber key, const Message& entry, const Moment& at);
  void push_introduction(LogResident& log, const Message& introduction, const Moment& at);
  /// Keys have changed: readings that they do not open any more are over.
  void look_again(LogResident& log, const Moment& at);

  void retry_stalled(const Moment& at);
  std::optional<Instant> retry_at() const { return retry_at_; }

 private:
  using Frames = std::vector<Bytes>;

  bool is_open(const LogReading& reading, WallTime now) const;
  /// The highest number that it has to deliver.
  static LogNumber last_for(const LogReading& reading);
  void advance(Connection& reader, LogReading& reading, const Moment& at);
  void push(LogResident& log, frame::Shelf shelf, KeyNumber key, const Message& message, const Moment& at);
  void send(Connection& reader, frame::RequestId reading, const Frames& frames);
  bool deliver_fetched(Connection& reader, LogReading& reading, const Fetched& fetched, WallTime now);
  void caught_up(Connection& reader, LogReading& reading);
  void end(Connection& reader, frame::RequestId reading);
  void stall(const Connection& reader, Instant now);

  Common& common_;
  const Deliveries& deliveries_;
  std::vector<ConnectionId> stalled_;
  std::optional<Instant> retry_at_;
};

}  // namespace taut::dispatcher
