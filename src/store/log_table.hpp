#pragma once
// Topics' logs: their rows, keys, entries and introductions. A log's own row is changed in memory and
// written once a transaction.

#include <map>

#include "dispatcher/store.hpp"
#include "store/sqlite.hpp"
#include "store/submission_index.hpp"

namespace taut::store {

class LogTable {
 public:
  LogTable(Database& database, Random& random) : database_(database), submissions_(random) {}

  /// The index of submissions, once, at the beginning.
  Status load();
  Status count(dispatcher::Totals& totals);
  /// Writes what has changed. Before every commit.
  Status flush();

  Result<std::optional<dispatcher::LogRecord>> load_log(const dispatcher::LoadLog& load);
  /// @errors misuse: it is there; here and below: or it is not
  Status add(const dispatcher::AddLog& add);
  Result<dispatcher::EntryPlaced> append(dispatcher::AppendEntry& append);
  Result<std::optional<dispatcher::EntryRecord>> look_up(const dispatcher::LookUpEntry& look_up);
  Status change(const dispatcher::ChangeLog& change);
  Result<dispatcher::Fetched> fetch(const dispatcher::FetchEntries& fetch);
  Result<dispatcher::EntryPlaced> put_introduction(dispatcher::PutIntroduction& put);
  Result<dispatcher::BoxFreed> remove_introductions(const dispatcher::RemoveIntroductions& remove);
  Result<dispatcher::LogsSwept> sweep(const dispatcher::SweepLogs& sweep);

 private:
  using Id = std::int64_t;
  /// Their index then takes 64 to 128 MiB.
  static constexpr std::size_t kEntriesMax = std::size_t{12} << 20;

  struct Log {
    Id id = 0;
    LogId name;
    dispatcher::LogRecord record;  ///< without its keys
    WallTime due;
    bool is_changed = false;
  };

  /// nullptr: no such log. Valid until flush().
  Result<Log*> find(const LogId& log);
  /// One that must be there, and will be written.
  Result<Log*> changed(const LogId& log);
  static void expect(Log& log, WallTime when) { log.due = std::min(log.due, when); }
  Status read_keys(Id log, dispatcher::LogRecord& record);
  Status read_uses(Id log, dispatcher::LogRecord& record);
  Status apply(Log& log, const dispatcher::LogChange& change);
  Status save_key(Id log, const dispatcher::LogKey& key);
  Result<std::optional<dispatcher::EntryRecord>> known(Id log, const SubmissionId& submission);
  Result<std::optional<dispatcher::EntryRecord>> known_introduction(Id log, const SubmissionId& submission);

  struct Oldest {
    Id id = 0;
    SubmissionId submission;
    dispatcher::LogNumber number = 0;
    WallTime received;
    std::uint64_t size = 0;
  };
  Result<std::optional<Oldest>> oldest(Id log);
  Status let_go(Log& log, const Oldest& entry, dispatcher::Usage& freed);
  Result<std::vector<dispatcher::KeyNumber>> sweep_keys(Log& log, WallTime now);
  Result<dispatcher::Usage> sweep_box(Log& log, WallTime now);
  /// @param room  rows that may still go; less afterwards
  Result<dispatcher::LogFreed> sweep_log(Log& log, const dispatcher::SweepLogs& sweep, std::size_t& room);
  Status sweep_entries(Log& log, const dispatcher::SweepLogs& sweep, std::size_t& room,
                       dispatcher::LogFreed& freed);
  Status remove(Log& log);
  Result<WallTime> next_due(const Log& log, const dispatcher::SweepLogs& sweep);

  Database& database_;
  SubmissionIndex submissions_;
  std::uint64_t newest_ = 0;
  std::map<LogId, Log> kept_;
};

}  // namespace taut::store
