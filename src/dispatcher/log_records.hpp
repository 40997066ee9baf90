#pragma once
// What a dispatcher remembers of topics' logs (docs/protocol/topic-log.md). Nothing here says who appended,
// who reads, or whose the keys are.

#include <optional>

#include "dispatcher/records.hpp"
#include "frame/log_read.hpp"

namespace taut::dispatcher {

using frame::AccessKey;
using frame::LogNumber;

/// A key's place among those of its log: grows, never used twice.
using KeyNumber = std::uint32_t;

/// One access key of a log. Its entries are counted where they are (LogKeyUse).
struct LogKey {
  enum class Phase : std::uint8_t {
    candidate = 0,   ///< named, never proven
    used = 1,        ///< proven, and none of its successors was
    superseded = 2,  ///< a successor of it was proven: its epoch is over, as far as a dispatcher can know
  };

  KeyNumber number = 0;
  AccessKey key;
  std::optional<KeyNumber> parent;  ///< who named it; nullopt: the log was opened with it
  Phase phase = Phase::candidate;
  WallTime until;  ///< from then on it opens nothing
  Usage late;      ///< what was filed under it after it was superseded
  friend bool operator==(const LogKey&, const LogKey&) = default;
};
/// A key that is used does not lapse.
inline constexpr WallTime kNeverLapses{~std::uint64_t{0} >> 1};

/// What is filed under a key.
struct LogKeyUse {
  KeyNumber key = 0;
  std::uint64_t entries = 0;
  LogNumber first = 0;
  LogNumber last = 0;
  friend bool operator==(const LogKeyUse&, const LogKeyUse&) = default;
};

/// How long entries stay, and how many bytes of them.
struct LogRetention {
  std::chrono::seconds time{0};
  std::uint64_t bytes = 0;
  friend bool operator==(const LogRetention&, const LogRetention&) = default;
};

struct LogRecord {
  LogNumber next_number = 1;
  LogNumber gone = 0;  ///< every entry up to here was let go
  LogNumber next_introduction = 1;
  KeyNumber next_key = 0;
  Usage entries;
  Usage introductions;
  LogRetention retention;
  WallTime last_used;             ///< to the day
  std::vector<LogKey> keys;       ///< by their numbers
  std::vector<LogKeyUse> in_use;  ///< by their keys; only those with entries
  friend bool operator==(const LogRecord&, const LogRecord&) = default;
};

/// What is known of a submission whose entry is still there.
struct EntryRecord {
  LogNumber number = 0;
  BodyHash hash;
  friend bool operator==(const EntryRecord&, const EntryRecord&) = default;
};

}  // namespace taut::dispatcher
