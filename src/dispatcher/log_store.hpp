#pragma once
// Storage operations on topics' logs and on key packages: part of the contract in dispatcher/store.hpp.
// Operations on one log, and those on one node, are ordered among themselves; LoadTotals, SweepLogs and
// Sweep with everything.

#include "base/result.hpp"
#include "dispatcher/log_records.hpp"
#include "frame/key_package.hpp"

namespace taut::dispatcher {

/// std::optional<LogRecord>; nullopt: no such log.
struct LoadLog {
  LogId log;
};

/// Makes a log with its first key, which gets number 0. Done; misuse: there is one already.
struct AddLog {
  LogId log;
  LogRetention retention;
  AccessKey key;
  WallTime now;
};

/// What goes into a log's rows beside entries.
struct LogChange {
  std::vector<LogKey> keys;             ///< saved, each whole; the log's next_key stays above them
  std::vector<KeyNumber> dropped_keys;  ///< their entries stay
  std::optional<LogRetention> retention;
  std::optional<WallTime> last_used;
};

/// Adds an entry, unless its submission ID is known in this log: then nothing changes. Then the oldest
/// entries go, until what is left fits `room`; the new one stays. EntryPlaced.
struct AppendEntry {
  LogId log;
  LogNumber number = 0;  ///< higher than any of this log before
  KeyNumber key = 0;
  SubmissionId submission;
  BodyHash hash;
  WallTime received;
  LogChange change;
  Usage room;
  Bytes body;
};
struct EntryPlaced {
  std::optional<EntryRecord> known;  ///< nullopt: stored now
  Usage freed;                       ///< that went
  LogNumber gone = 0;                ///< every entry up to here has gone
  Bytes body;                        ///< the operation's own, handed back
};

/// std::optional<EntryRecord>
struct LookUpEntry {
  LogId log;
  SubmissionId submission;
};

/// Done; misuse: no such log.
struct ChangeLog {
  LogId log;
  LogChange change;
};

/// Entries filed under a key, or introductions, in order, each whole. Fetched.
struct FetchEntries {
  LogId log;
  frame::Shelf shelf = frame::Shelf::entries;
  KeyNumber key = 0;  ///< of entries
  LogNumber after = 0;
  LogNumber last = 0;         ///< and none above this one
  std::size_t bytes_max = 0;  ///< of bodies together; the first comes whatever its size
  std::size_t count_max = 0;  ///< at least 1
};

/// Adds an introduction, unless its submission ID is in the box. EntryPlaced, with nothing freed.
struct PutIntroduction {
  LogId log;
  LogNumber number = 0;
  SubmissionId submission;
  BodyHash hash;
  WallTime received;
  WallTime expires;
  Bytes body;
};

/// Numbers that are not there are no error. BoxFreed.
struct RemoveIntroductions {
  LogId log;
  std::vector<LogNumber> numbers;
};
struct BoxFreed {
  Usage usage;
};

/// Lets go what is over, at most about `count_max` rows: entries older than their log's retention,
/// introductions with expires <= now, keys with until <= now, and whole logs that were last used `lapse` ago.
struct SweepLogs {
  WallTime now;
  std::chrono::seconds lapse{0};
  std::size_t count_max = 0;
};
struct LogFreed {
  LogId log;
  Usage entries;
  LogNumber gone = 0;
  Usage introductions;
  std::vector<KeyNumber> keys;
  enum class Whole : std::uint8_t { stays, went } whole = Whole::stays;
};
struct LogsSwept {
  std::vector<LogFreed> logs;  ///< of which something went
  Rest rest = Rest::none;
};

/// A key package, as its owner left it.
struct KeyPackage {
  std::uint16_t suite = 0;
  frame::PackageUse use = frame::PackageUse::once;
  WallTime expires;
  Bytes package;
};

/// Adds to a node's stock, or replaces it. Restocked.
struct PublishPackages {
  NodeId node;
  std::uint64_t batch = 0;
  frame::Restock restock = frame::Restock::add;
  std::vector<KeyPackage> packages;
  std::size_t stock_max = 0;  ///< of packages for one use, all suites together
};
struct Restocked {
  enum class Status : std::uint8_t {
    taken,     ///< or the same batch was before
    stale,     ///< a later batch was here
    full,      ///< too many, or too many suites: nothing was taken
    not_here,  ///< no such node
  } status = Status::taken;
  std::vector<frame::KeyPackageCount> counts;  ///< by suite, as they are now
};

/// Takes a package for one use out of a node's stock, if more than `reserve` are there; else copies the last
/// resort, and counts that. Only those that have not expired. Claimed.
struct ClaimPackage {
  NodeId node;
  std::uint16_t suite = 0;
  WallTime now;
  std::uint64_t reserve = 0;
};
struct Claimed {
  std::optional<Bytes> package;
  frame::PackageUse use = frame::PackageUse::once;
  std::vector<frame::KeyPackageCount> counts;
};

/// Lets go packages with expires <= now, at most count_max. PackagesSwept.
struct SweepPackages {
  WallTime now;
  std::size_t count_max = 0;
};
struct PackagesSwept {
  struct Owner {
    NodeId node;
    std::vector<frame::KeyPackageCount> counts;
  };
  std::vector<Owner> owners;  ///< who lost some
  Rest rest = Rest::none;
};

}  // namespace taut::dispatcher
