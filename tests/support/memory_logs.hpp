#pragma once
// Topics' logs of a dispatcher's store in memory: dispatcher/log_store.hpp, word for word.

#include <map>

#include "dispatcher/store.hpp"

namespace taut::test {

class MemoryLogs {
 public:
  struct Entry {
    dispatcher::KeyNumber key = 0;
    SubmissionId submission;
    dispatcher::BodyHash hash;
    WallTime received;
    WallTime expires;  ///< of introductions
    Bytes body;
  };
  using Entries = std::map<dispatcher::LogNumber, Entry>;
  struct Log {
    dispatcher::LogRecord record;  ///< without in_use
    Entries entries;
    Entries introductions;
  };

  std::map<LogId, Log> logs;

  dispatcher::StoreValue apply(const dispatcher::LoadLog& load) const {
    const auto log = logs.find(load.log);
    if (log == logs.end()) return std::optional<dispatcher::LogRecord>();
    dispatcher::LogRecord record = log->second.record;
    std::map<dispatcher::KeyNumber, dispatcher::LogKeyUse> uses;
    for (const auto& [number, entry] : log->second.entries) {
      dispatcher::LogKeyUse& use = uses[entry.key];
      if (use.entries++ == 0) use.first = number;
      use.key = entry.key;
      use.last = number;
    }
    for (const auto& [key, use] : uses) record.in_use.push_back(use);
    return std::optional(std::move(record));
  }

  dispatcher::StoreResult apply(const dispatcher::AddLog& add) {
    const auto [log, is_new] = logs.try_emplace(add.log);
    if (!is_new) return fail(Errc::misuse, reasons::kMisuse);
    dispatcher::LogRecord& record = log->second.record;
    record.retention = add.retention;
    record.last_used = add.now;
    dispatcher::LogKey first;
    first.key = add.key;
    first.phase = dispatcher::LogKey::Phase::used;
    first.until = dispatcher::kNeverLapses;
    change(log->second, {{first}, {}, {}, {}});
    return dispatcher::Done{};
  }

  dispatcher::StoreResult apply(dispatcher::AppendEntry& append, bool& is_dirty) {
    Log* const log = find(append.log);
    if (log == nullptr) return fail(Errc::misuse, reasons::kMisuse);
    if (auto known = known_in(log->entries, append.submission)) {
      return dispatcher::EntryPlaced{known, {}, log->record.gone, std::move(append.body)};
    }
    change(*log, append.change);
    log->record.next_number = append.number + 1;
    log->record.entries += {1, append.body.size()};
    log->entries.emplace(append.number,
                         Entry{append.key, append.submission, append.hash, append.received, {}, append.body});
    dispatcher::EntryPlaced placed{std::nullopt, {}, 0, std::move(append.body)};
    const auto is_over = [&] {
      const dispatcher::Usage& used = log->record.entries;
      return used.messages > append.room.messages || used.bytes > append.room.bytes;
    };
    while (is_over() && log->entries.size() > 1) let_go_oldest(*log, placed.freed);
    is_dirty |= placed.freed.messages > 0;
    placed.gone = log->record.gone;
    return placed;
  }

  dispatcher::StoreValue apply(const dispatcher::LookUpEntry& look_up) {
    Log* const log = find(look_up.log);
    return log == nullptr ? std::nullopt : known_in(log->entries, look_up.submission);
  }

  dispatcher::StoreResult apply(const dispatcher::ChangeLog& one) {
    Log* const log = find(one.log);
    if (log == nullptr) return fail(Errc::misuse, reasons::kMisuse);
    change(*log, one.change);
    return dispatcher::Done{};
  }

  dispatcher::StoreValue apply(const dispatcher::FetchEntries& fetch) {
    dispatcher::Fetched fetched;
    Log* const log = find(fetch.log);
    if (log == nullptr) return fetched;
    const bool is_box = fetch.shelf == frame::Shelf::introductions;
    const Entries& from = is_box ? log->introductions : log->entries;
    for (auto one = from.upper_bound(fetch.after); one != from.end() && one->first <= fetch.last; ++one) {
      const Entry& entry = one->second;
      if (!is_box && entry.key != fetch.key) continue;
      const bool fits =
          fetched.messages.empty() || fetched.bytes.size() + entry.body.size() <= fetch.bytes_max;
      if (!fits || fetched.messages.size() == fetch.count_max) {
        fetched.rest = dispatcher::Rest::more;
        break;
      }
      fetched.messages.push_back(
          {one->first, entry.received, entry.expires, fetched.bytes.size(), entry.body.size()});
      append(fetched.bytes, entry.body);
    }
    return fetched;
  }

  dispatcher::StoreResult apply(dispatcher::PutIntroduction& put) {
    Log* const log = find(put.log);
    if (log == nullptr) return fail(Errc::misuse, reasons::kMisuse);
    if (auto known = known_in(log->introductions, put.submission)) {
      return dispatcher::EntryPlaced{known, {}, 0, std::move(put.body)};
    }
    log->record.next_introduction = put.number + 1;
    log->record.introductions += {1, put.body.size()};
    log->introductions.emplace(put.number,
                               Entry{0, put.submission, put.hash, put.received, put.expires, put.body});
    return dispatcher::EntryPlaced{std::nullopt, {}, 0, std::move(put.body)};
  }

  dispatcher::StoreValue apply(const dispatcher::RemoveIntroductions& remove, bool& is_dirty) {
    dispatcher::BoxFreed freed;
    Log* const log = find(remove.log);
    if (log == nullptr) return freed;
    for (const dispatcher::LogNumber number : remove.numbers) {
      const auto one = log->introductions.find(number);
      if (one == log->introductions.end()) continue;
      freed.usage += {1, one->second.body.size()};
      log->introductions.erase(one);
    }
    log->record.introductions -= freed.usage;
    is_dirty |= freed.usage.messages > 0;
    return freed;
  }

  dispatcher::StoreValue apply(const dispatcher::SweepLogs& sweep, bool& is_dirty) {
    dispatcher::LogsSwept swept;
    for (auto log = logs.begin(); log != logs.end();) {
      dispatcher::LogFreed freed = sweep_one(log->first, log->second, sweep);
      const bool went = freed.whole == dispatcher::LogFreed::Whole::went;
      const bool is_any =
          went || freed.entries.messages + freed.introductions.messages > 0 || !freed.keys.empty();
      if (is_any) swept.logs.push_back(std::move(freed));
      is_dirty |= is_any;
      log = went ? logs.erase(log) : std::next(log);
    }
    return swept;
  }

  void count(dispatcher::Totals& totals) const {
    totals.logs = logs.size();
    for (const auto& [id, log] : logs) totals.entries += log.record.entries;
  }

 private:
  Log* find(const LogId& id) {
    const auto log = logs.find(id);
    return log == logs.end() ? nullptr : &log->second;
  }

  static std::optional<dispatcher::EntryRecord> known_in(const Entries& entries, const SubmissionId& id) {
    for (const auto& [number, entry] : entries) {
      if (entry.submission == id) return dispatcher::EntryRecord{number, entry.hash};
    }
    return std::nullopt;
  }

  static void change(Log& log, const dispatcher::LogChange& what) {
    dispatcher::LogRecord& record = log.record;
    for (const dispatcher::LogKey& key : what.keys) {
      const auto at = std::ranges::lower_bound(record.keys, key.number, {}, &dispatcher::LogKey::number);
      if (at != record.keys.end() && at->number == key.number) {
        *at = key;
      } else {
        record.keys.insert(at, key);
      }
      record.next_key = std::max(record.next_key, key.number + 1);
    }
    std::erase_if(record.keys, [&](const dispatcher::LogKey& key) {
      return std::ranges::find(what.dropped_keys, key.number) != what.dropped_keys.end();
    });
    if (what.retention) record.retention = *what.retention;
    if (what.last_used) record.last_used = *what.last_used;
  }

  static void let_go_oldest(Log& log, dispatcher::Usage& freed) {
    const auto oldest = log.entries.begin();
    const dispatcher::Usage usage{1, oldest->second.body.size()};
    freed += usage;
    log.record.entries -= usage;
    log.record.gone = oldest->first;
    log.entries.erase(oldest);
  }

  static dispatcher::LogFreed sweep_one(const LogId& id, Log& log, const dispatcher::SweepLogs& sweep) {
    dispatcher::LogFreed freed{id, {}, 0, {}, {}};
    if (log.record.last_used + sweep.lapse <= sweep.now) {
      freed.entries = log.record.entries;
      freed.introductions = log.record.introductions;
      freed.whole = dispatcher::LogFreed::Whole::went;
      return freed;
    }
    while (!log.entries.empty() &&
           log.entries.begin()->second.received + log.record.retention.time <= sweep.now) {
      let_go_oldest(log, freed.entries);
    }
    freed.gone = log.record.gone;
    std::erase_if(log.introductions, [&](const auto& one) {
      if (one.second.expires > sweep.now) return false;
      freed.introductions += {1, one.second.body.size()};
      return true;
    });
    log.record.introductions -= freed.introductions;
    std::erase_if(log.record.keys, [&](const dispatcher::LogKey& key) {
      if (key.until > sweep.now) return false;
      freed.keys.push_back(key.number);
      return true;
    });
    return freed;
  }
};

}  // namespace taut::test
