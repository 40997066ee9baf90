#include "store/log_table.hpp"

#include "store/columns.hpp"
#include "store/failure.hpp"
#include "store/rows.hpp"

namespace taut::store {

using namespace dispatcher;

namespace {

constexpr std::size_t kKeptLogsMax = 4096;

/// Rows whose low half is 0 stand for nothing in the index of submissions.
std::uint64_t after_row(std::uint64_t row) {
  return static_cast<std::uint32_t>(row + 1) == 0 ? row + 2 : row + 1;
}

WallTime wall_of(const Query& query, int column) { return {query.u64(column)}; }

}  // namespace

Status LogTable::load() {
  TAUT_TRY(Query query,
           database_.query("SELECT id, log, submission FROM log_entry INDEXED BY log_entry_place"));
  for (;;) {
    TAUT_TRY(const bool is_there, query.step());
    if (!is_there) return {};
    TAUT_TRY(const auto submission, query.value<SubmissionId>(2));
    newest_ = std::max(newest_, query.u64(0));
    submissions_.insert(query.u64(1), submission, query.u64(0));
  }
}

Status LogTable::count(Totals& totals) {
  TAUT_CHECK(flush());
  TAUT_TRY(Query query,
           database_.query("SELECT count(*), coalesce(sum(entries), 0), coalesce(sum(bytes), 0) FROM log"));
  TAUT_CHECK(query.step());
  totals.logs = query.u64(0);
  totals.entries = {query.u64(1), query.u64(2)};
  return {};
}

Result<LogTable::Log*> LogTable::find(const LogId& name) {
  if (const auto kept = kept_.find(name); kept != kept_.end()) return &kept->second;
  TAUT_TRY(Query query,
           database_.query("SELECT id, next_number, gone, entries, bytes, next_introduction, box_entries,"
                           " box_bytes, next_key, retention_s, retention_bytes, last_used, due"
                           " FROM log WHERE log = ?",
                           name));
  TAUT_TRY(const bool is_there, query.step());
  if (!is_there) return nullptr;
  Log log;
  log.id = query.i64(0);
  log.name = name;
  LogRecord& record = log.record;
  record.next_number = query.u64(1);
  record.gone = query.u64(2);
  record.entries = {query.u64(3), query.u64(4)};
  record.next_introduction = query.u64(5);
  record.introductions = {query.u64(6), query.u64(7)};
  record.next_key = query.u32(8);
  record.retention = {std::chrono::seconds(query.i64(9)), query.u64(10)};
  record.last_used = wall_of(query, 11);
  log.due = wall_of(query, 12);
  return &kept_.emplace(name, std::move(log)).first->second;
}

Result<LogTable::Log*> LogTable::changed(const LogId& name) {
  TAUT_TRY(Log* const log, find(name));
  if (log == nullptr) return fail(Errc::misuse, taut::reasons::kMisuse);
  log->is_changed = true;
  return log;
}

Status LogTable::flush() {
  for (auto& [name, log] : kept_) {
    if (!std::exchange(log.is_changed, false)) continue;
    const LogRecord& record = log.record;
    TAUT_CHECK(database_.run(
        "UPDATE log SET next_number = ?, gone = ?, entries = ?, bytes = ?, next_introduction = ?,"
        " box_entries = ?, box_bytes = ?, next_key = ?, retention_s = ?, retention_bytes = ?, last_used = ?,"
        " due = ? WHERE id = ?",
        record.next_number, record.gone, record.entries.messages, record.entries.bytes,
        record.next_introduction, record.introductions.messages, record.introductions.bytes, record.next_key,
        record.retention.time.count(), column_of(record.retention.bytes), column_of(record.last_used),
        column_of(log.due), log.id));
  }
  if (kept_.size() > kKeptLogsMax) kept_.clear();
  return {};
}

Result<std::optional<LogRecord>> LogTable::load_log(const LoadLog& load) {
  TAUT_TRY(const Log* const log, find(load.log));
  if (log == nullptr) return std::nullopt;
  LogRecord record = log->record;
  TAUT_CHECK(read_keys(log->id, record));
  TAUT_CHECK(read_uses(log->id, record));
  return record;
}

Status LogTable::read_keys(Id log, LogRecord& record) {
  TAUT_TRY(Query query, database_.query("SELECT number, key, parent, phase, until, late_entries, late_bytes"
                                        " FROM log_key WHERE log = ? ORDER BY number",
                                        log));
  for (;;) {
    TAUT_TRY(const bool is_there, query.step());
    if (!is_there) return {};
    LogKey key;
    key.number = query.u32(0);
    TAUT_TRY(key.key, query.value<AccessKey>(1));
    if (!query.is_null(2)) key.parent = query.u32(2);
    if (query.u64(3) > static_cast<std::uint64_t>(LogKey::Phase::superseded))
      return fail(Errc::unavailable, reasons::kDamaged);
    key.phase = static_cast<LogKey::Phase>(query.u64(3));
    key.until = wall_of(query, 4);
    key.late = {query.u64(5), query.u64(6)};
    record.keys.push_back(key);
  }
}

Status LogTable::read_uses(Id log, LogRecord& record) {
  TAUT_TRY(Query query, database_.query("SELECT key, count(*), min(number), max(number) FROM log_entry"
                                        " INDEXED BY log_entry_place WHERE log = ? GROUP BY key ORDER BY key",
                                        log));
  for (;;) {
    TAUT_TRY(const bool is_there, query.step());
    if (!is_there) return {};
    record.in_use.push_back({query.u32(0), query.u64(1), query.u64(2), query.u64(3)});
  }
}

Status LogTable::add(const AddLog& add) {
  TAUT_TRY(const Log* const before, find(add.log));
  if (before != nullptr) return fail(Errc::misuse, taut::reasons::kMisuse);
  TAUT_CHECK(database_.run("INSERT INTO log VALUES (NULL, ?, 1, 0, 0, 0, 1, 0, 0, 1, ?, ?, ?, ?)", add.log,
                           add.retention.time.count(), column_of(add.retention.bytes), column_of(add.now),
                           column_of(add.now)));
  LogKey first;
  first.key = add.key;
  first.phase = LogKey::Phase::used;
  first.until = kNeverLapses;
  return save_key(database_.last_row(), first);
}

Status LogTable::save_key(Id log, const LogKey& key) {
  return database_.run(
      "INSERT INTO log_key VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
      " key = excluded.key, parent = excluded.parent, phase = excluded.phase,"
      " until = excluded.until, late_entries = excluded.late_entries,"
      " late_bytes = excluded.late_bytes",
      log, key.number, key.key, key.parent, static_cast<std::int64_t>(key.phase), column_of(key.until),
      key.late.messages, key.late.bytes);
}

Status LogTable::apply(Log& log, const LogChange& change) {
  for (const LogKey& key : change.keys) {
    TAUT_CHECK(save_key(log.id, key));
    log.record.next_key = std::max(log.record.next_key, key.number + 1);
    expect(log, key.until);
  }
  for (const KeyNumber number : change.dropped_keys) {
    TAUT_CHECK(database_.run("DELETE FROM log_key WHERE log = ? AND number = ?", log.id, number));
  }
  if (change.retention) {
    log.record.retention = *change.retention;
    log.due = {};
  }
  if (change.last_used) log.record.last_used = *change.last_used;
  return {};
}

Status LogTable::change(const ChangeLog& change) {
  TAUT_TRY(Log* const log, changed(change.log));
  return apply(*log, change.change);
}

Result<std::optional<EntryRecord>> LogTable::known(Id log, const SubmissionId& submission) {
  std::optional<EntryRecord> record;
  Status status;
  const auto look = [&](RowNumber row) -> Status {
    TAUT_TRY(Query query,
             database_.query("SELECT log, submission, number, hash FROM log_entry WHERE id = ?", row));
    TAUT_TRY(const bool is_there, query.step());
    if (!is_there) return fail(Errc::unavailable, reasons::kDamaged);
    if (query.i64(0) != log || !equal(query.bytes(1), submission.view())) return {};
    TAUT_TRY(const auto hash, query.value<BodyHash>(3));
    record = EntryRecord{query.u64(2), hash};
    return {};
  };
  submissions_.find(static_cast<std::uint64_t>(log), submission, [&](RowNumber row) {
    status = look(row);
    return record.has_value() || !status;
  });
  TAUT_CHECK(std::move(status));
  return record;
}

Result<EntryPlaced> LogTable::append(AppendEntry& append) {
  if (submissions_.size() >= kEntriesMax) return fail(Errc::exhausted, taut::reasons::kQuota);
  TAUT_TRY(Log* const log, changed(append.log));
  TAUT_TRY(auto before, known(log->id, append.submission));
  if (before) return EntryPlaced{before, {}, log->record.gone, std::move(append.body)};
  TAUT_CHECK(apply(*log, append.change));
  newest_ = after_row(newest_);
  TAUT_CHECK(database_.run("INSERT INTO log_entry VALUES (?, ?, ?, ?, ?, ?, ?, ?)", newest_, log->id,
                           column_of(append.number), append.key, append.submission, append.hash,
                           column_of(append.received), append.body));
  submissions_.insert(static_cast<std::uint64_t>(log->id), append.submission, newest_);
  LogRecord& record = log->record;
  record.next_number = append.number + 1;
  record.entries += {1, append.body.size()};
  expect(*log, append.received + record.retention.time);
  EntryPlaced placed{std::nullopt, {}, 0, std::move(append.body)};
  while (record.entries.messages > 1 &&
         (record.entries.messages > append.room.messages || record.entries.bytes > append.room.bytes)) {
    TAUT_TRY(const auto first, oldest(log->id));
    if (!first) return fail(Errc::unavailable, reasons::kDamaged);
    TAUT_CHECK(let_go(*log, *first, placed.freed));
  }
  placed.gone = record.gone;
  return placed;
}

Result<std::optional<EntryRecord>> LogTable::look_up(const LookUpEntry& look_up) {
  TAUT_TRY(const Log* const log, find(look_up.log));
  if (log == nullptr) return std::nullopt;
  return known(log->id, look_up.submission);
}

namespace {

/// Appends the row at hand. False: there is no room for it.
bool take_entry(const Query& row, const FetchEntries& fetch, Fetched& fetched) {
  const ByteView body = row.bytes(3);
  const bool fits = fetched.messages.empty() || fetched.bytes.size() + body.size() <= fetch.bytes_max;
  if (!fits || fetched.messages.size() == fetch.count_max) return false;
  fetched.messages.push_back(
      {row.u64(0), wall_of(row, 1), wall_of(row, 2), fetched.bytes.size(), body.size()});
  append(fetched.bytes, body);
  return true;
}

}  // namespace

Result<Fetched> LogTable::fetch(const FetchEntries& fetch) {
  Fetched fetched;
  TAUT_TRY(const Log* const log, find(fetch.log));
  if (log == nullptr) return fetched;
  const auto after = column_of(fetch.after);
  const auto last = column_of(fetch.last);
  TAUT_TRY(Query query,
           fetch.shelf == frame::Shelf::entries
               ? database_.query("SELECT number, received, 0, body FROM log_entry INDEXED BY log_entry_place"
                                 " WHERE log = ? AND number > ? AND number <= ? AND key = ? ORDER BY number",
                                 log->id, after, last, fetch.key)
               : database_.query("SELECT number, received, expires, body FROM introduction"
                                 " WHERE log = ? AND number > ? AND number <= ? ORDER BY number",
                                 log->id, after, last));
  for (;;) {
    TAUT_TRY(const bool is_there, query.step());
    if (!is_there) return fetched;
    if (take_entry(query, fetch, fetched)) continue;
    fetched.rest = Rest::more;
    return fetched;
  }
}

}  // namespace taut::store
