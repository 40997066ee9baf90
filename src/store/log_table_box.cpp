// Introductions, and what is over.

#include "store/columns.hpp"
#include "store/failure.hpp"
#include "store/log_table.hpp"
#include "store/rows.hpp"

namespace taut::store {

using namespace dispatcher;

// A box is small.
Result<std::optional<EntryRecord>> LogTable::known_introduction(Id log, const SubmissionId& submission) {
  TAUT_TRY(Query query, database_.query("SELECT number, hash FROM introduction WHERE log = ? AND"
                                        " submission = ?",
                                        log, submission));
  return first_row<EntryRecord>(query, [&]() -> Result<EntryRecord> {
    TAUT_TRY(const auto hash, query.value<BodyHash>(1));
    return EntryRecord{query.u64(0), hash};
  });
}

Result<EntryPlaced> LogTable::put_introduction(PutIntroduction& put) {
  TAUT_TRY(Log* const log, changed(put.log));
  TAUT_TRY(auto before, known_introduction(log->id, put.submission));
  if (before) return EntryPlaced{before, {}, 0, std::move(put.body)};
  TAUT_CHECK(database_.run("INSERT INTO introduction VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)", log->id,
                           column_of(put.number), put.submission, put.hash, column_of(put.received),
                           column_of(put.expires), put.body));
  log->record.next_introduction = put.number + 1;
  log->record.introductions += {1, put.body.size()};
  expect(*log, put.expires);
  return EntryPlaced{std::nullopt, {}, 0, std::move(put.body)};
}

Result<BoxFreed> LogTable::remove_introductions(const RemoveIntroductions& remove) {
  BoxFreed freed;
  TAUT_TRY(Log* const log, find(remove.log));
  if (log == nullptr) return freed;
  log->is_changed = true;
  for (const LogNumber number : remove.numbers) {
    TAUT_TRY(Query query, database_.query("DELETE FROM introduction WHERE log = ? AND number = ?"
                                          " RETURNING length(body)",
                                          log->id, column_of(number)));
    TAUT_TRY(const auto size, first_row<std::uint64_t>(query, [&] { return query.u64(0); }));
    if (size) freed.usage += {1, *size};
  }
  log->record.introductions -= freed.usage;
  return freed;
}

Result<std::optional<LogTable::Oldest>> LogTable::oldest(Id log) {
  TAUT_TRY(Query query, database_.query("SELECT id, submission, number, received, length(body) FROM log_entry"
                                        " INDEXED BY log_entry_place WHERE log = ? ORDER BY number LIMIT 1",
                                        log));
  return first_row<Oldest>(query, [&]() -> Result<Oldest> {
    TAUT_TRY(const auto submission, query.value<SubmissionId>(1));
    return Oldest{query.i64(0), submission, query.u64(2), {query.u64(3)}, query.u64(4)};
  });
}

Status LogTable::let_go(Log& log, const Oldest& entry, Usage& freed) {
  TAUT_CHECK(database_.run("DELETE FROM log_entry WHERE id = ?", entry.id));
  submissions_.erase(static_cast<std::uint64_t>(log.id), entry.submission, static_cast<RowNumber>(entry.id));
  const Usage usage{1, entry.size};
  freed += usage;
  log.record.entries -= usage;
  log.record.gone = entry.number;
  return {};
}

Result<LogsSwept> LogTable::sweep(const SweepLogs& sweep) {
  TAUT_CHECK(flush());
  LogsSwept swept;
  std::size_t room = sweep.count_max;
  while (room > 0) {
    TAUT_TRY(Query query, database_.query("SELECT log FROM log WHERE due <= ? ORDER BY due LIMIT 1",
                                          column_of(sweep.now)));
    TAUT_TRY(const auto name, first_row<LogId>(query, [&] { return query.value<LogId>(0); }));
    if (!name) return swept;
    --room;
    TAUT_TRY(Log* const log, changed(*name));
    TAUT_TRY(LogFreed freed, sweep_log(*log, sweep, room));
    const bool went = freed.whole == LogFreed::Whole::went;
    if (went || freed.entries.messages + freed.introductions.messages > 0 || !freed.keys.empty())
      swept.logs.push_back(std::move(freed));
    TAUT_CHECK(flush());
  }
  swept.rest = Rest::more;
  return swept;
}

Result<LogFreed> LogTable::sweep_log(Log& log, const SweepLogs& sweep, std::size_t& room) {
  LogFreed freed{log.name, {}, 0, {}, {}};
  TAUT_CHECK(sweep_entries(log, sweep, room, freed));
  const bool is_over = log.record.last_used + sweep.lapse <= sweep.now;
  if (is_over && log.record.entries.messages == 0) {
    freed.introductions = log.record.introductions;
    freed.whole = LogFreed::Whole::went;
    TAUT_CHECK(remove(log));
    return freed;
  }
  freed.gone = log.record.gone;
  TAUT_TRY(freed.introductions, sweep_box(log, sweep.now));
  TAUT_TRY(freed.keys, sweep_keys(log, sweep.now));
  TAUT_TRY(log.due, next_due(log, sweep));
  return freed;
}

Status LogTable::sweep_entries(Log& log, const SweepLogs& sweep, std::size_t& room, LogFreed& freed) {
  const bool is_over = log.record.last_used + sweep.lapse <= sweep.now;
  for (; room > 0; --room) {
    TAUT_TRY(const auto first, oldest(log.id));
    if (!first || (!is_over && first->received + log.record.retention.time > sweep.now)) return {};
    TAUT_CHECK(let_go(log, *first, freed.entries));
  }
  return {};
}

Result<Usage> LogTable::sweep_box(Log& log, WallTime now) {
  TAUT_TRY(Query query, database_.query("DELETE FROM introduction WHERE log = ? AND expires <= ?"
                                        " RETURNING length(body)",
                                        log.id, column_of(now)));
  TAUT_TRY(const auto sizes, all_rows<std::uint64_t>(query, [&] { return query.u64(0); }));
  Usage freed;
  for (const std::uint64_t size : sizes) freed += {1, size};
  log.record.introductions -= freed;
  return freed;
}

Result<std::vector<KeyNumber>> LogTable::sweep_keys(Log& log, WallTime now) {
  TAUT_TRY(Query query, database_.query("SELECT number FROM log_key WHERE log = ? AND until <= ?"
                                        " ORDER BY number",
                                        log.id, column_of(now)));
  TAUT_TRY(auto numbers, all_rows<KeyNumber>(query, [&] { return query.u32(0); }));
  for (const KeyNumber number : numbers) {
    TAUT_CHECK(database_.run("DELETE FROM log_key WHERE log = ? AND number = ?", log.id, number));
  }
  return numbers;
}

Result<WallTime> LogTable::next_due(const Log& log, const SweepLogs& sweep) {
  WallTime due = log.record.last_used + sweep.lapse;
  TAUT_TRY(const auto first, oldest(log.id));
  if (first) due = std::min(due, first->received + log.record.retention.time);
  TAUT_TRY(Query query, database_.query("SELECT (SELECT min(expires) FROM introduction WHERE log = ?1),"
                                        " (SELECT min(until) FROM log_key WHERE log = ?1)",
                                        log.id));
  TAUT_CHECK(query.step());
  for (const int column : {0, 1}) {
    if (!query.is_null(column)) due = std::min(due, WallTime{query.u64(column)});
  }
  return due;
}

Status LogTable::remove(Log& log) {
  TAUT_CHECK(database_.run("DELETE FROM introduction WHERE log = ?", log.id));
  TAUT_CHECK(database_.run("DELETE FROM log_key WHERE log = ?", log.id));
  TAUT_CHECK(database_.run("DELETE FROM log WHERE id = ?", log.id));
  kept_.erase(LogId(log.name));
  return {};
}

}  // namespace taut::store
