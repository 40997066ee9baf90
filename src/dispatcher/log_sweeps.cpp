#include "dispatcher/log_sweeps.hpp"

namespace taut::dispatcher {

void LogSweeps::sweep(const Moment& at) {
  if (sweeping_ == Sweeping::no) ask(at);
}

void LogSweeps::ask(const Moment& at) {
  sweeping_ = Sweeping::yes;
  const Limits& limits = common_.settings.limits;
  common_.issue(SweepLogs{at.wall, limits.log_lapse, limits.sweep_rows_max}, SweepLogsPending{});
}

void LogSweeps::on_result(SweepLogsPending&, Result<LogsSwept> result, const Moment& at) {
  sweeping_ = Sweeping::no;
  if (!result) return;
  for (const LogFreed& one : result->logs) freed(one, at);
  if (!result->logs.empty()) common_.removed(at.now);
  if (result->rest == Rest::more) ask(at);
}

void LogSweeps::freed(const LogFreed& what, const Moment& at) {
  const bool went = what.whole == LogFreed::Whole::went;
  common_.entries -= what.entries;
  common_.counters.entries_gone += what.entries.messages;
  if (went) --common_.log_count;
  LogResident* const log = common_.logs.find(what.log);
  if (log == nullptr || !log->record) return;
  if (went) {
    log->record.reset();
  } else {
    LogRecord& record = *log->record;
    record.entries -= what.entries;
    record.introductions -= what.introductions;
    note_gone(record, what.gone);
    std::erase_if(record.keys, [&](const LogKey& key) {
      return std::ranges::find(what.keys, key.number) != what.keys.end();
    });
  }
  readings_.look_again(*log, at);
}

}  // namespace taut::dispatcher
