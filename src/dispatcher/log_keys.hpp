#pragma once
// The rules of access keys (docs/protocol/topic-log.md, "Keys"): what is named, proven and superseded, and
// which of too many goes. Each changes the record and says what the store is to save.

#include "dispatcher/log_store.hpp"

namespace taut::dispatcher {

struct LogKeyLimits {
  std::size_t keys_max = 4096;                                 ///< of one log
  std::size_t candidates_max = 16;                             ///< of one parent
  std::chrono::seconds candidate_keep = std::chrono::days(1);  ///< unless it is proven
  std::chrono::seconds superseded_keep =
      std::chrono::days(7);  ///< after its last use, or as long as entries stay
};

/// The key, unless it has lapsed; nullptr: it opens nothing.
LogKey* open_key(LogRecord& record, KeyNumber number, WallTime now);
LogKey* open_key(LogRecord& record, const AccessKey& key, WallTime now);

/// `parent` names its successor: a candidate. One that is there already stays as it is, but lives longer.
LogChange name_successor(LogRecord& record, KeyNumber parent, const AccessKey& successor, WallTime now,
                         const LogKeyLimits& limits);

/// Somebody has proven a key that is open: a candidate is used from now on, and supersedes who named it.
LogChange use_key(LogRecord& record, KeyNumber number, WallTime now, const LogKeyLimits& limits);

/// What is filed under a key; nullptr: nothing.
const LogKeyUse* use_of(const LogRecord& record, KeyNumber key);
void note_entry(LogRecord& record, KeyNumber key, LogNumber number);
/// Entries up to here have gone.
void note_gone(LogRecord& record, LogNumber gone);

}  // namespace taut::dispatcher
