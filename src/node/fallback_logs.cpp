#include "node/fallback_logs.hpp"

namespace taut::node {

namespace {

/// Long enough for the home to come back, and its members with it.
constexpr Retention kFallbackRetention{std::chrono::days(7)};

}  // namespace

Status FallbackLogs::open(const topic::Topic& topic, const NodeId& dispatcher, Session& session) {
  const auto id = topic.fallback_log();
  const auto pair = topic.access_key(topic.epoch());
  if (!id || !pair) return {};  // out, or stopped until others let us in again
  const auto known = logs_.find(dispatcher);
  if (known != logs_.end()) {
    if (known->second.id == *id) return {};
    if (known->second.reading) session.end_reading(*known->second.reading);
  }
  Log log{*id, frame::access_key_of(*pair), {}, {}, {}};
  TAUT_TRY(const frame::AccessProof proof, frame::prove_log_access(*pair, session.link(), log.id));
  log.proving = session.open_log(log.id, log.key, proof, kFallbackRetention);
  logs_.insert_or_assign(dispatcher, std::move(log));
  return {};
}

bool FallbackLogs::on_answer(const NodeId& dispatcher, frame::RequestId request, bool is_done,
                             Session& session) {
  const auto log = logs_.find(dispatcher);
  if (log == logs_.end() || log->second.proving != request) return false;
  log->second.proving.reset();
  if (is_done)
    log->second.reading =
        session.read_log(log->second.id, log->second.key, frame::Shelf::entries, 0, frame::Until::closed);
  return true;
}

bool FallbackLogs::hold(const NodeId& dispatcher, EntriesRead& read) {
  const auto log = logs_.find(dispatcher);
  if (log == logs_.end() || log->second.reading != read.reading) return false;
  for (ReadEntry& entry : read.entries) waiting_.push_back({dispatcher, std::move(entry.entry)});
  return true;
}

bool FallbackLogs::is_open_at(const NodeId& dispatcher) const {
  const auto log = logs_.find(dispatcher);
  return log != logs_.end() && log->second.reading;
}

bool FallbackLogs::is_open() const {
  return std::ranges::any_of(logs_, [](const auto& one) { return one.second.reading.has_value(); });
}

void FallbackLogs::append(const NodeId& dispatcher, const topic::Entry& entry, Session& session) {
  Log& log = logs_.at(dispatcher);
  log.appending[session.append_entry(log.id, log.key, entry.id, entry.bytes)] = entry.id;
}

std::optional<SubmissionId> FallbackLogs::on_appended(const NodeId& dispatcher, const EntryAppended& answer) {
  const auto log = logs_.find(dispatcher);
  if (log == logs_.end()) return std::nullopt;
  const auto appended = log->second.appending.extract(answer.request);
  if (appended.empty() || answer.state != frame::AppendState::stored) return std::nullopt;
  return appended.mapped();
}

}  // namespace taut::node
