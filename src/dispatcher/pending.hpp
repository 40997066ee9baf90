#pragma once
// Storage operations on their way, and what is to be done with their results.

#include <deque>
#include <optional>

#include "dispatcher/connection.hpp"

namespace taut::dispatcher {

struct TotalsPending {};
struct NodePending {
  Pin node;
};
struct PutPending {
  Ticket ticket;
  Pin inbox;
  BodyHash hash;
  QueueNumber number = 0;
  WallTime received;
  WallTime expires;
};
/// Looked up before it is refused: the inbox is full, but this very message may be in it already.
struct RepeatPending {
  Ticket ticket;
  BodyHash hash;
};
struct QueryPending {
  ConnectionId connection = 0;
  frame::RequestId request = 0;
  SubmissionId submission;
  Pin inbox;
};
struct FetchPending {
  ConnectionId connection = 0;
  Pin inbox;
};
struct ReleasePending {
  ConnectionId connection = 0;
  frame::RequestId request = 0;
  Pin inbox;
};
/// A node's first card registers it; then the card is saved.
struct AddPending {
  Pin node;
  HandedCard card;
};
struct CardPending {
  ConnectionId connection = 0;
  frame::RequestId request = 0;
  Pin node;
  std::uint64_t sequence = 0;
};
/// A card with the sequence of the one that is here: the same card again, or another?
struct ComparePending {
  HandedCard card;
};
struct LookUpPending {
  ConnectionId connection = 0;
  frame::RequestId request = 0;
};
struct NotePending {
  std::optional<ConnectionId> connection;  ///< nullopt: nobody waits for an answer
  frame::RequestId request = 0;
  Pin node;
  NoteKind kind = NoteKind::device;
  Bytes note;
};
struct DevicesPending {
  ConnectionId connection = 0;
  frame::RequestId request = 0;
  std::optional<NodeId> asker;
};
struct EnrolPending {
  OperatorRequestId request = 0;
};
/// A node is removed: the operator revoked it, or it has lapsed.
struct RemovePending {
  std::optional<OperatorRequestId> request;  ///< nullopt: nobody asked
  Pin node;
  frame::GoodbyeReason goodbye = frame::GoodbyeReason::revoked;  ///< to links that came meanwhile
};
struct ListPending {
  OperatorRequestId request = 0;
};
struct SweepPending {};
struct ErasePending {};
struct LogPending {
  LogPin log;
};
/// A log is being made.
struct AddLogPending {
  AccessCall call;
  LogPin log;
  LogRecord record;  ///< when it has been
};
/// A proof that changes keys.
struct AccessPending {
  AccessCall call;
  LogPin log;
  KeyNumber key = 0;
};
/// A change of a log that only wants an answer.
struct LogChangePending {
  ConnectionId connection = 0;
  frame::RequestId request = 0;
  LogPin log;
};
struct AppendPending {
  Ticket ticket;
  LogPin log;
  BodyHash hash;
  LogNumber number = 0;
  KeyNumber key = 0;
  WallTime received;
};
/// Looked up before it is refused: this very entry may be there already.
struct LateAppendPending {
  Ticket ticket;
  LogPin log;
  BodyHash hash;
  frame::AppendState otherwise = frame::AppendState::full;
};
struct ReadPending {
  ConnectionId connection = 0;
  frame::RequestId reading = 0;
  LogNumber last = 0;  ///< that was asked for
  LogPin log;
};
struct IntroductionPending {
  LogPin log;
  LogNumber number = 0;
  WallTime received;
  WallTime expires;
  std::uint64_t size = 0;
};
struct BoxPending {
  ConnectionId connection = 0;
  frame::RequestId request = 0;
  LogPin log;
};
struct SweepLogsPending {};
struct PackagesPending {
  ConnectionId connection = 0;
  frame::RequestId request = 0;
  Pin node;
};
struct ClaimPending {
  ConnectionId connection = 0;
  frame::RequestId request = 0;
  Pin node;
};
struct SweepPackagesPending {};

using Pending =
    std::variant<TotalsPending, NodePending, PutPending, RepeatPending, QueryPending, FetchPending,
                 ReleasePending, AddPending, CardPending, ComparePending, LookUpPending, NotePending,
                 DevicesPending, EnrolPending, RemovePending, ListPending, SweepPending, ErasePending,
                 LogPending, AddLogPending, AccessPending, LogChangePending, AppendPending, LateAppendPending,
                 ReadPending, IntroductionPending, BoxPending, SweepLogsPending, PackagesPending,
                 ClaimPending, SweepPackagesPending>;

/// Operation IDs grow by one, so a window of slots finds each without a search.
class OpenOperations {
 public:
  template <class Waiting>
  OperationId open(Waiting pending) {
    slots_.emplace_back(std::in_place, std::move(pending));
    ++open_count_;
    return first_ + slots_.size() - 1;
  }
  /// What waits for this operation; nullopt: nothing does.
  std::optional<Pending> close(OperationId id);
  std::size_t size() const { return open_count_; }

 private:
  std::deque<std::optional<Pending>> slots_;
  OperationId first_ = 1;  ///< of slots_.front()
  std::size_t open_count_ = 0;
};

/// The alternative that an operation's result must hold.
/// @errors the store's own; misuse: the store answered another operation
template <class Value>
Result<Value> value_of(StoreResult&& result) {
  if (!result) return std::unexpected(result.error());
  if (Value* value = std::get_if<Value>(&*result)) return std::move(*value);
  return fail(Errc::misuse, reasons::kMisuse);
}

}  // namespace taut::dispatcher
