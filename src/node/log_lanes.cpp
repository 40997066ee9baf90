#include "node/log_lanes.hpp"

namespace taut::node {

namespace {

/// What was read of the box of an earlier log says nothing of this one's.
frame::LogNumber number_after(std::uint64_t position, const topic::Topic& topic) {
  const std::uint64_t base = topic.settings().log_base();
  return position > base ? position - base : 0;
}

}  // namespace

Status LogLanes::open(const topic::Topic& topic, Session& session) {
  const std::uint64_t current = topic.epoch();
  for (auto lane = lanes_.begin(); lane != lanes_.end() && lane->first + 1 < current;) {
    if (lane->second.reading) session.end_reading(*lane->second.reading);
    lane = lanes_.erase(lane);
  }
  const bool has_before = current > topic.settings().log_epoch;
  if (has_before && !lanes_.contains(current - 1)) TAUT_CHECK(prove(current - 1, topic, session));
  return lanes_.contains(current) ? Status() : prove(current, topic, session);
}

Status LogLanes::prove(std::uint64_t epoch, const topic::Topic& topic, Session& session) {
  const Result<crypto::SignatureKeyPair> pair = topic.access_key(epoch);
  if (!pair) return {};  // out, or stopped until others let us in again
  const LogId log = log_id(topic.settings().log_id);
  const frame::AccessKey key = frame::access_key_of(*pair);
  TAUT_TRY(const frame::AccessProof proof, frame::prove_log_access(*pair, session.link(), log));
  Lane& lane = lanes_[epoch];
  lane.key.key = key;
  lane.proving = epoch == topic.settings().log_epoch ? session.open_log(log, key, proof)
                                                     : session.prove_access(log, key, proof);
  return {};
}

Result<bool> LogLanes::name_current(const topic::Topic& topic, Session& session) {
  const auto current = lanes_.find(topic.epoch());
  if (current == lanes_.end() || current == lanes_.begin()) return false;
  const Lane& before = std::prev(current)->second;
  if (before.proving) return true;
  if (!before.key.is_proven || current->second.is_named) return false;
  session.name_successor(log_id(topic.settings().log_id), before.key.key, current->second.key.key);
  TAUT_CHECK(prove(topic.epoch(), topic, session));
  current->second.is_named = true;
  return true;
}

std::optional<std::uint64_t> LogLanes::on_answer(frame::RequestId request, bool is_done) {
  const auto lane =
      std::ranges::find_if(lanes_, [&](const auto& one) { return one.second.proving == request; });
  if (lane == lanes_.end()) return std::nullopt;
  const std::uint64_t epoch = lane->first;
  lane->second.proving.reset();
  lane->second.key.is_proven = is_done;
  return epoch;
}

void LogLanes::read(const topic::Topic& topic, std::uint64_t introductions_after, Session& session) {
  const LogId log = log_id(topic.settings().log_id);
  const frame::LogNumber after = topic.cursor() - topic.settings().log_base();
  for (auto& [epoch, lane] : lanes_) {
    if (!lane.key.is_proven || lane.reading) continue;
    lane.reading = session.read_log(log, lane.key.key, frame::Shelf::entries, after, frame::Until::closed);
  }
  const auto current = lanes_.find(topic.epoch());
  if (current == lanes_.end() || !current->second.key.is_proven) return;
  if (introductions_ && introductions_epoch_ == topic.epoch()) return;
  if (introductions_) session.end_reading(*introductions_);
  introductions_epoch_ = topic.epoch();
  introductions_ = session.read_log(log, current->second.key.key, frame::Shelf::introductions,
                                    number_after(introductions_after, topic), frame::Until::closed);
}

std::map<std::uint64_t, LogLanes::Lane>::iterator LogLanes::lane_of(frame::RequestId reading) {
  return std::ranges::find_if(lanes_, [&](const auto& one) { return one.second.reading == reading; });
}

bool LogLanes::hold(EntriesRead& read) {
  const bool is_box = introductions_ == read.reading;
  const auto lane = lane_of(read.reading);
  if (!is_box && lane == lanes_.end()) return false;
  for (ReadEntry& entry : read.entries) {
    const auto shelf = is_box ? frame::Shelf::introductions : frame::Shelf::entries;
    waiting_.push_back({shelf, is_box ? introductions_epoch_ : lane->first, std::move(entry)});
  }
  return true;
}

std::vector<LogLanes::Waiting> LogLanes::take_waiting() {
  std::ranges::sort(waiting_, [](const Waiting& a, const Waiting& b) {
    return std::tie(a.shelf, a.entry.number) < std::tie(b.shelf, b.entry.number);
  });
  return std::exchange(waiting_, {});
}

std::optional<std::uint64_t> LogLanes::on_drained(frame::RequestId reading) {
  if (introductions_ == reading) is_box_drained_ = true;
  const auto lane = lane_of(reading);
  if (lane == lanes_.end()) return std::nullopt;
  lane->second.is_drained = true;
  return lane->first;
}

std::optional<std::uint64_t> LogLanes::on_over(frame::RequestId reading) {
  if (introductions_ == reading) {
    introductions_.reset();
    is_box_drained_ = true;  // there is nothing to be had
  }
  const auto lane = lane_of(reading);
  if (lane == lanes_.end()) return std::nullopt;
  const std::uint64_t epoch = lane->first;
  lanes_.erase(lane);
  return epoch;
}

bool LogLanes::is_drained(std::uint64_t epoch) const {
  const auto lane = lanes_.find(epoch);
  return is_box_drained_ && lane != lanes_.end() && lane->second.is_drained;
}

bool LogLanes::is_refused(std::uint64_t epoch) const {
  const auto lane = lanes_.find(epoch);
  return lane == lanes_.end() || (!lane->second.proving && !lane->second.key.is_proven);
}

std::optional<LogLanes::Key> LogLanes::key_of(std::uint64_t epoch) const {
  const auto lane = lanes_.find(epoch);
  if (lane == lanes_.end()) return std::nullopt;
  return lane->second.key;
}

}  // namespace taut::node
