#pragma once
// Streams that wait for a missing message, and when the waiting ends (node/receiving.hpp).
//
// A round is one question "what else do you have?" to every dispatcher. A gap that is seen begins a new
// round: once all have answered it, nothing that was stored before can still come.

#include <map>

#include "node/receiving.hpp"

namespace taut::node {

class GapWatch {
 public:
  using StreamName = Transaction::StreamName;

  /// The round to ask for; grows from 1.
  std::uint64_t round() const { return round_; }
  bool empty() const { return waiting_.empty(); }
  /// Begins a round that no gap asks for.
  std::uint64_t begin_round() { return ++round_; }

  /// @param streams  all that wait now
  void update(const std::vector<StreamName>& streams, Instant now);

  /// Gaps to report now; they leave.
  /// @param drained_round  the round that every reachable dispatcher has answered
  std::vector<StreamName> take_due(Instant now, std::uint64_t drained_round);
  std::optional<Instant> next_deadline() const;

 private:
  struct Wait {
    Instant since;
    std::uint64_t round = 0;
    bool is_past_grace = false;
  };
  struct Less {
    bool operator()(const StreamName& a, const StreamName& b) const {
      return std::tie(a.sender, a.stream) < std::tie(b.sender, b.stream);
    }
  };
  std::map<StreamName, Wait, Less> waiting_;
  std::uint64_t round_ = 1;
};

}  // namespace taut::node
