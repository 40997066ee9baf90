#pragma once
// Puts: from the first chunk to the outcome.

#include "dispatcher/common.hpp"
#include "dispatcher/deliveries.hpp"
#include "dispatcher/moment.hpp"
#include "dispatcher/relays.hpp"

namespace taut::dispatcher {

class Submissions {
 public:
  Submissions(Common& common, Deliveries& deliveries, Relays& relays)
      : common_(common), deliveries_(deliveries), relays_(relays) {}

  Status on_put(Connection& from, const frame::Put& put, const Moment& at);
  Status on_put_chunk(Connection& from, const frame::PutChunk& more, const Moment& at);
  void on_outcome_query(Connection& from, const frame::OutcomeQuery& query);

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
  void store(Resident& inbox, Submission submission, const BodyHash& hash, const Moment& at);
  std::optional<Share> share_of(const Resident& inbox, const Submission& submission) const;
  bool is_room(const Resident& inbox, const Ticket& ticket) const;

  Common& common_;
  Deliveries& deliveries_;
  Relays& relays_;
};

}  // namespace taut::dispatcher
