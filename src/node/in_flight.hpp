#pragma once
// Sealed messages on their way: which copy was asked where, and what was answered.

#include <set>

#include "node/session.hpp"
#include "node/store.hpp"

namespace taut::node {

/// Between questions whether a message was fetched: doubles from the first to the last.
inline constexpr Duration kQueryFirst = std::chrono::milliseconds(500);
inline constexpr Duration kQueryLast = std::chrono::seconds(30);

/// A message with an outcome, and what becomes of its row.
struct Completed {
  enum class Row : std::uint8_t { done, kept, unchanged };
  RowNumber number = 0;
  Receipt receipt;
  Row row = Row::done;
  Until until = Until::stored;
};

class InFlight {
 public:
  /// What an earlier task left.
  void add_earlier(OutgoingRow row) { add(std::move(row), Origin::earlier_task, 0); }
  /// @param offer  see Receipt
  void add_offered(OutgoingRow row, std::uint64_t offer) { add(std::move(row), Origin::this_task, offer); }
  /// What is shown to the recipient's dispatchers; empty: nothing.
  void show(Bytes token) { token_ = std::move(token); }

  bool empty() const { return messages_.empty(); }
  std::size_t count() const { return messages_.size(); }
  std::size_t size_bytes() const { return size_bytes_; }
  /// Whether anything waits for more than that its recipient has it.
  bool awaits_answers() const;
  /// Whether all that is left waits for signatures: dispatchers say that it was fetched.
  bool awaits_signatures() const;
  /// @return  whether the recipient has signed for any of ours
  bool note_released(std::span<const Transaction::Unreleased> rows);

  /// Puts every copy that waits for this dispatcher and has room, or asks for it where it is known to be
  /// stored; what can never be taken is declined, what is over is expired.
  void put_waiting(const NodeId& dispatcher, Session& session, const Moment& at);
  void on_answer(const NodeId& dispatcher, const PutAnswered& answer, Instant now);
  /// The link is gone: what was asked there is asked again when it is back, unless another copy is stored.
  void on_lost(const NodeId& dispatcher);
  /// When the next question for a release is due.
  std::optional<Instant> next_query() const;

  /// Messages that wait on and are stored, or fetched, by now; each is told once of both, and stays.
  std::vector<Completed> take_progress();
  /// Messages of which every copy is answered; they leave.
  std::vector<Completed> take_completed();
  /// Gives up: a message with one stored copy is stored, the rest is unknown. What take_progress told is not
  /// told again.
  std::vector<Completed> take_all();

 private:
  enum class State : std::uint8_t { waiting, asked, lost, stored, taken, full, declined, expired, fetched };
  struct Copy {
    Submission submission;
    State state = State::waiting;
    std::optional<frame::RequestId> query = {};  ///< stored: whether it still is, is asked
  };
  struct OutMessage {
    OutgoingRow row;
    Origin origin;
    std::uint64_t offer;
    std::vector<Copy> copies;
    std::chrono::seconds retry_after{0};
    Duration query_delay = kQueryFirst;
    Instant query_at;
    Stage told = Stage::sealed;  ///< by this task

    bool any(State state) const;
    bool is_released() const { return row.stage == Stage::released; }
    bool is_settled() const;
    Stage stage() const;
    bool waits_on() const;
    bool is_complete() const { return is_released() || (is_settled() && !waits_on()); }
    Outcome outcome() const;
    Completed completed() const;
  };
  struct Request {
    NodeId dispatcher;
    frame::RequestId id = 0;
    friend auto operator<=>(const Request&, const Request&) = default;
  };
  void add(OutgoingRow row, Origin origin, std::uint64_t offer);
  Copy* copy_at(RowNumber number, const NodeId& dispatcher);
  void note_completed(RowNumber number);
  void query(const NodeId& dispatcher, Session& session, RowNumber number, Copy& copy);
  static State state_after(frame::OutcomeState answer);

  std::map<RowNumber, OutMessage> messages_;
  std::map<Request, RowNumber> requests_;
  std::set<RowNumber> completed_;
  std::set<RowNumber> advanced_;
  std::size_t size_bytes_ = 0;
  Bytes token_;
};

}  // namespace taut::node
