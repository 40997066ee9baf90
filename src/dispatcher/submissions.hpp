#pragma once
// Puts: from the first chunk to the outcome.

#include "dispatcher/common.hpp"
#include "dispatcher/moment.hpp"

namespace taut::dispatcher {

class Deliveries;

class Submissions {
 public:
  Submissions(Common& common, Deliveries& deliveries) : common_(common), deliveries_(deliveries) {}

  Status on_put(Connection& from, const frame::Put& put, const Moment& at);
  Status on_put_chunk(Connection& from, const frame::PutChunk& more, const Moment& at);
  Status on_outcome_query(Connection& from, const frame::OutcomeQuery& query);

  void on_result(PutPending& pending, Result<Placed> result, const Moment& at);
  void on_result(RepeatPending& pending, Result<std::optional<SubmissionRecord>> result, const Moment& at);
  void on_result(QueryPending& pending, Result<std::optional<SubmissionRecord>> result, const Moment& at);

  /// The inbox's record has come, or could not be read.
  void resume(Resident& inbox, const Moment& at);
  /// Gives up uploads whose next chunk does not come.
  void abandon_stalled(Connection& connection, Instant now);

 private:
  void submit(Submission submission, const Moment& at);
  void place(Resident& inbox, Submission submission, const Moment& at);
  void settle(const Ticket& ticket, frame::OutcomeState state, std::uint32_t retry_after_s = 0);
  void fail_for_now(const Ticket& ticket, const Error& error);
  bool is_room(const Resident& inbox, std::uint32_t size) const;

  Common& common_;
  Deliveries& deliveries_;
};

}  // namespace taut::dispatcher
