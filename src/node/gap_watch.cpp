#include "node/gap_watch.hpp"

namespace taut::node {

void GapWatch::update(const std::vector<StreamName>& streams, Instant now) {
  std::map<StreamName, Wait, Less> still;
  bool is_new_round = false;
  for (const StreamName& stream : streams) {
    const auto known = waiting_.find(stream);
    is_new_round = is_new_round || known == waiting_.end();
    still[stream] = known != waiting_.end() ? known->second : Wait{now, round_ + 1};
  }
  waiting_ = std::move(still);
  if (is_new_round) ++round_;
}

std::vector<GapWatch::StreamName> GapWatch::take_due(Instant now, std::uint64_t drained_round) {
  std::vector<StreamName> due;
  for (auto& [stream, wait] : waiting_) {
    wait.is_past_grace = now >= wait.since + kGapGrace;
    const bool all_came = wait.is_past_grace && drained_round >= wait.round;
    if (all_came || now >= wait.since + kGapWaitMax) due.push_back(stream);
  }
  for (const StreamName& stream : due) waiting_.erase(stream);
  return due;
}

std::optional<Instant> GapWatch::next_deadline() const {
  std::optional<Instant> next;
  for (const auto& [stream, wait] : waiting_)
    next = earliest(next, wait.since + (wait.is_past_grace ? Duration(kGapWaitMax) : Duration(kGapGrace)));
  return next;
}

}  // namespace taut::node
