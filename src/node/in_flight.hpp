#pragma once
// Sealed messages on their way: which copy was asked where, and what was answered.

#include <set>

#include "node/session.hpp"

namespace taut::node {

/// A message with an outcome, and its row, which is not needed any more.
struct Completed {
  RowNumber number = 0;
  Receipt receipt;
};

class InFlight {
 public:
  /// What an earlier task left.
  void add_earlier(OutgoingRow row) { add(std::move(row), Origin::earlier_task, 0); }
  /// @param offer  see Receipt
  void add_offered(OutgoingRow row, std::uint64_t offer) { add(std::move(row), Origin::this_task, offer); }

  bool empty() const { return messages_.empty(); }
  std::size_t count() const { return messages_.size(); }
  std::size_t size_bytes() const { return size_bytes_; }

  /// Puts every copy that waits for this dispatcher and has room; what it can never take is declined.
  void put_waiting(const NodeId& dispatcher, Session& session, std::chrono::seconds ttl);
  void on_answer(const NodeId& dispatcher, const PutAnswered& answer);
  /// The link is gone: what was asked there is asked again when it is back, unless another copy is stored.
  void on_lost(const NodeId& dispatcher);

  /// Messages of which every copy is answered; they leave.
  std::vector<Completed> take_completed();
  /// Gives up: a message with one stored copy is stored, the rest is unknown.
  std::vector<Completed> take_all();

 private:
  enum class State : std::uint8_t { waiting, asked, lost, stored, full, declined, expired };
  struct Copy {
    Submission submission;
    State state = State::waiting;
  };
  struct OutMessage {
    OutgoingRow row;
    Origin origin;
    std::uint64_t offer;
    std::vector<Copy> copies;
    std::chrono::seconds retry_after{0};
    bool any(State state) const;
    bool is_complete() const;
    Outcome outcome() const;
    Receipt receipt() const;
  };
  struct Request {
    NodeId dispatcher;
    frame::RequestId id = 0;
    friend auto operator<=>(const Request&, const Request&) = default;
  };
  void add(OutgoingRow row, Origin origin, std::uint64_t offer);
  Copy* copy_at(RowNumber number, const NodeId& dispatcher);
  void note_completed(RowNumber number);

  std::map<RowNumber, OutMessage> messages_;
  std::map<Request, RowNumber> requests_;
  std::set<RowNumber> completed_;
  std::size_t size_bytes_ = 0;
};

}  // namespace taut::node
