#include "dispatcher/log_access.hpp"

#include "dispatcher/proven.hpp"

namespace taut::dispatcher {

namespace {

using frame::AnswerStatus;

AnswerStatus status_after(const Error& error) {
  return error.code == Errc::exhausted ? AnswerStatus::full : AnswerStatus::unavailable;
}

/// What somebody asks for, as far as it is given.
LogRetention retention_within(const Limits& limits, std::uint32_t time_s, std::uint64_t bytes) {
  LogRetention retention = limits.log_retention;
  if (time_s != 0) retention.time = std::chrono::seconds(time_s);
  if (bytes != 0) retention.bytes = bytes;
  const LogRetention& least = limits.log_retention_min;
  const LogRetention& most = limits.log_retention_max;
  return {std::clamp(retention.time, least.time, std::max(least.time, most.time)),
          std::clamp(retention.bytes, least.bytes, std::max(least.bytes, most.bytes))};
}

}  // namespace

void LogAccess::on_open(Connection& from, const frame::OpenLog& open, const Moment& at) {
  const LogRetention retention =
      retention_within(common_.settings.limits, open.retention_s, open.retention_bytes);
  const AccessCall asked{from.id, open.request, open.key, retention};
  if (!frame::verify_log_access(open.proof, from.session, open.log, open.key)) {
    return answer(asked, AnswerStatus::refused);
  }
  call(open.log, asked, at);
}

// The signature is looked at first, and alone: what it says does not depend on what is here.
void LogAccess::on_prove(Connection& from, const frame::ProveAccess& prove, const Moment& at) {
  const AccessCall asked{from.id, prove.request, prove.key, std::nullopt};
  if (!frame::verify_log_access(prove.proof, from.session, prove.log, prove.key)) {
    return answer(asked, AnswerStatus::refused);
  }
  call(prove.log, asked, at);
}

void LogAccess::call(const LogId& id, const AccessCall& call, const Moment& at) {
  const LogPin log = common_.logs.at(id);
  if (log->phase == LogResident::Phase::loaded) return handle(*log, call, at);
  log->waiting.emplace_back(call);
  load(common_, *log);
}

void LogAccess::handle(LogResident& log, const AccessCall& call, const Moment& at) {
  if (common_.links.find(call.connection) == nullptr) return;
  if (log.phase == LogResident::Phase::unknown) return answer(call, AnswerStatus::unavailable);
  if (log.phase == LogResident::Phase::loading) {  // somebody is making it
    log.waiting.emplace_back(call);
    return;
  }
  if (!log.record && call.opens) return add(log, call, at);
  LogKey* const key = log.record ? open_key(*log.record, call.key, at.wall) : nullptr;
  if (key == nullptr) return answer(call, AnswerStatus::refused);
  const KeyNumber number = key->number;
  LogChange change = use_key(*log.record, number, at.wall, common_.settings.limits.log_keys);
  if (change.keys.empty() && !change.last_used) return grant(call, log, number);
  common_.issue(ChangeLog{log.id, std::move(change)}, AccessPending{call, LogPin(log), number});
  readings_.look_again(log, at);
}

bool LogAccess::may_open(const AccessCall& call, const Moment& at) {
  const Connection& from = *common_.links.find(call.connection);
  if (common_.settings.policy == frame::Policy::closed && !from.is_registered()) {
    answer(call, AnswerStatus::refused);
    return false;
  }
  const bool has_room = common_.log_count < common_.settings.limits.logs_max &&
                        common_.may_spend(from, Spending::logs, 1, at.now);
  if (!has_room) answer(call, AnswerStatus::full);
  return has_room;
}

void LogAccess::add(LogResident& log, const AccessCall& call, const Moment& at) {
  if (!may_open(call, at)) return;
  log.phase = LogResident::Phase::loading;
  ++common_.log_count;
  LogRecord record;
  record.retention = *call.opens;
  record.last_used = at.wall;
  record.next_key = 1;
  record.keys.push_back({0, call.key, std::nullopt, LogKey::Phase::used, kNeverLapses, {}});
  common_.issue(AddLog{log.id, *call.opens, call.key, at.wall},
                AddLogPending{call, LogPin(log), std::move(record)});
}

// Who waits for it is heard by the caller.
void LogAccess::on_result(AddLogPending& pending, Result<Done> result) {
  LogResident& log = *pending.log;
  if (!result) {
    --common_.log_count;
    log.phase = LogResident::Phase::unknown;
    return answer(pending.call, status_after(result.error()));
  }
  log.phase = LogResident::Phase::loaded;
  log.record = std::move(pending.record);
  grant(pending.call, log, 0);
}

void LogAccess::on_result(AccessPending& pending, Result<Done> result) {
  if (!result) return answer(pending.call, status_after(result.error()));
  grant(pending.call, *pending.log, pending.key);
}

void LogAccess::grant(const AccessCall& call, LogResident& log, KeyNumber key) {
  Connection* const to = common_.links.find(call.connection);
  if (to == nullptr) return;
  const bool is_known = find_proven(*to, log.id, call.key) != nullptr;
  if (!is_known && to->proven.size() >= common_.settings.limits.proven_keys_max) {
    return answer(call, AnswerStatus::full);
  }
  if (is_known)
    std::erase_if(to->proven,
                  [&](const ProvenKey& one) { return one.log->id == log.id && one.key == call.key; });
  to->proven.push_back({LogPin(log), key, call.key});
  ++common_.counters.access_proven;
  answer(call, AnswerStatus::done);
}

void LogAccess::on_name_successor(Connection& from, const frame::NameSuccessor& name, const Moment& at) {
  const auto proven = open_proven(from, name.log, name.key, at.wall);
  if (!proven) return answer(from.id, name.request, AnswerStatus::refused);
  if (!common_.may_spend(from, Spending::names, 1, at.now)) {
    return answer(from.id, name.request, AnswerStatus::full);
  }
  LogResident& log = proven->log;
  LogChange change = name_successor(*log.record, proven->key.number, name.successor, at.wall,
                                    common_.settings.limits.log_keys);
  common_.issue(ChangeLog{log.id, std::move(change)}, LogChangePending{from.id, name.request, LogPin(log)});
  readings_.look_again(log, at);
}

void LogAccess::on_set_retention(Connection& from, const frame::SetRetention& set, const Moment& at) {
  const auto proven = open_proven(from, set.log, set.key, at.wall);
  if (!proven || proven->key.phase != LogKey::Phase::used) {
    return answer(from.id, set.request, AnswerStatus::refused);
  }
  LogResident& log = proven->log;
  log.record->retention = retention_within(common_.settings.limits, set.retention_s, set.retention_bytes);
  common_.issue(ChangeLog{log.id, {{}, {}, log.record->retention, {}}},
                LogChangePending{from.id, set.request, LogPin(log)});
}

void LogAccess::on_result(LogChangePending& pending, Result<Done> result) {
  answer(pending.connection, pending.request, result ? AnswerStatus::done : status_after(result.error()));
}

void LogAccess::answer(const AccessCall& call, AnswerStatus status) {
  if (status != AnswerStatus::done) ++common_.counters.access_refused;
  answer(call.connection, call.request, status);
}

void LogAccess::answer(ConnectionId connection, frame::RequestId request, AnswerStatus status) {
  common_.links.answer(connection, frame::Answer{request, status, {}});
}

}  // namespace taut::dispatcher
