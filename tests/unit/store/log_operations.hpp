#pragma once
// Storage operations on logs and key packages, as a seed draws them; each is one that a dispatcher would ask.

#include <map>
#include <random>

#include "dispatcher/store.hpp"

namespace taut::test {

class LogHistory {
 public:
  explicit LogHistory(std::uint64_t seed) : random_(seed) {}

  dispatcher::Operation next(std::uint64_t now) {
    using namespace dispatcher;
    const std::uint64_t which_log = below(kLogs);
    const LogId log = log_numbered(which_log);
    if (!logs_.contains(which_log)) {
      logs_[which_log].keys = 1;
      const LogRetention retention{std::chrono::seconds(1 + below(8)), 5000};
      return AddLog{log, retention, key_numbered(below(1000)), {now}};
    }
    Log& known = logs_[which_log];
    const std::uint64_t which = below(100);
    if (which < 50) return append(log, known, now);
    if (which < 55) return LookUpEntry{log, submission(below(submissions_ + 2))};
    if (which < 65) return fetch(log, known);
    if (which < 72) return ChangeLog{log, change(known, now)};
    if (which < 80) return introduce(log, known, now);
    if (which < 84) return RemoveIntroductions{log, {below(known.introductions), 1 + known.introductions}};
    if (which < 92) return LoadLog{log_numbered(below(kLogs + 1))};
    return SweepLogs{{now}, std::chrono::hours(24 * 365), 100'000};
  }

  /// Of a node that is there.
  dispatcher::Operation next_package(const NodeId& node, std::uint64_t now) {
    using namespace dispatcher;
    const std::uint64_t which = below(10);
    const auto suite = static_cast<std::uint16_t>(1 + below(3));
    if (which < 5) return publish(node, now);
    if (which < 9) return ClaimPackage{node, suite, {now}, below(3)};
    return SweepPackages{{now}, 100'000};
  }

  static LogId log_numbered(std::uint64_t number) { return filled<LogId>(number); }
  static constexpr std::uint64_t kLogs = 3;

 private:
  struct Log {
    dispatcher::LogNumber next = 1;
    dispatcher::KeyNumber keys = 0;
    dispatcher::LogNumber introductions = 1;
  };

  template <class Value>
  static Value filled(std::uint64_t number) {
    Value value;
    for (std::size_t i = 0; i < 8; ++i) value.fill()[i] = static_cast<Byte>(number >> 8 * i);
    return value;
  }
  static dispatcher::AccessKey key_numbered(std::uint64_t number) {
    return filled<dispatcher::AccessKey>(number);
  }
  static SubmissionId submission(std::uint64_t number) { return filled<SubmissionId>(number); }

  std::uint64_t below(std::uint64_t end) { return end == 0 ? 0 : random_() % end; }

  dispatcher::LogChange change(Log& known, std::uint64_t now) {
    dispatcher::LogChange change;
    if (below(3) == 0) {
      dispatcher::LogKey key;
      key.number = below(2) == 0 ? known.keys++ : static_cast<dispatcher::KeyNumber>(below(known.keys));
      key.key = key_numbered(below(1000));
      if (below(2) == 0) key.parent = static_cast<dispatcher::KeyNumber>(below(known.keys));
      key.phase = static_cast<dispatcher::LogKey::Phase>(below(3));
      key.until = below(2) == 0 ? dispatcher::kNeverLapses : WallTime{now + below(9000)};
      key.late = {below(5), below(500)};
      change.keys.push_back(key);
    }
    if (below(8) == 0) change.dropped_keys.push_back(static_cast<dispatcher::KeyNumber>(below(known.keys)));
    if (below(8) == 0) change.retention = {std::chrono::seconds(1 + below(8)), 3000 + below(3000)};
    if (below(8) == 0) change.last_used = WallTime{now};
    return change;
  }

  dispatcher::AppendEntry append(const LogId& log, Log& known, std::uint64_t now) {
    const bool repeats = submissions_ > 0 && below(10) == 0;
    dispatcher::AppendEntry entry;
    entry.log = log;
    entry.number = known.next++;
    entry.key = static_cast<dispatcher::KeyNumber>(below(known.keys));
    entry.submission = submission(repeats ? below(submissions_) : submissions_++);
    entry.hash = filled<dispatcher::BodyHash>(entry.number);
    entry.received = {now};
    if (below(5) == 0) entry.change = change(known, now);
    entry.room = {3 + below(30), 3000 + below(3000)};
    entry.body = Bytes(1 + below(below(20) == 0 ? 9000 : 400), static_cast<Byte>(entry.number));
    return entry;
  }

  dispatcher::FetchEntries fetch(const LogId& log, const Log& known) {
    const auto shelf = below(4) == 0 ? frame::Shelf::introductions : frame::Shelf::entries;
    const auto key = static_cast<dispatcher::KeyNumber>(below(known.keys));
    const dispatcher::LogNumber after = below(known.next);
    return {log, shelf, key, after, after + below(40), 1 + below(3000), 1 + below(20)};
  }

  dispatcher::PutIntroduction introduce(const LogId& log, Log& known, std::uint64_t now) {
    const std::uint64_t which = below(8) == 0 ? below(submissions_ + 1) : submissions_++;
    const dispatcher::LogNumber number = known.introductions++;
    return {log,
            number,
            submission(which),
            filled<dispatcher::BodyHash>(number),
            {now},
            {now + below(6000)},
            Bytes(1 + below(300), 'i')};
  }

  dispatcher::PublishPackages publish(const NodeId& node, std::uint64_t now) {
    dispatcher::PublishPackages publish;
    publish.node = node;
    publish.batch = below(5) == 0 ? below(batches_ + 1) : ++batches_;
    publish.restock = below(5) == 0 ? frame::Restock::replace : frame::Restock::add;
    for (std::uint64_t left = below(4); left > 0; --left) {
      const auto suite = static_cast<std::uint16_t>(1 + below(3));
      const auto use = below(4) == 0 ? frame::PackageUse::last_resort : frame::PackageUse::once;
      publish.packages.push_back({suite, use, {now + below(9000)}, Bytes(1 + below(500), 'k')});
    }
    publish.stock_max = 6;
    return publish;
  }

  std::mt19937_64 random_;
  std::map<std::uint64_t, Log> logs_;
  std::uint64_t submissions_ = 0;
  std::uint64_t batches_ = 0;
};

}  // namespace taut::test
