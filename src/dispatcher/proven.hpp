#pragma once
// What a link has proven.

#include "dispatcher/common.hpp"
#include "dispatcher/log_keys.hpp"

namespace taut::dispatcher {

/// nullptr: this key was not proven on this link.
inline const ProvenKey* find_proven(const Connection& from, const LogId& log, const AccessKey& key) {
  const auto found = std::ranges::find_if(
      from.proven, [&](const ProvenKey& one) { return one.log->id == log && one.key == key; });
  return found == from.proven.end() ? nullptr : &*found;
}

/// A key that was proven on a link, and opens its log still.
struct OpenProven {
  LogResident& log;  ///< its record is in memory
  LogKey& key;
};
inline std::optional<OpenProven> open_proven(const Connection& from, const LogId& log, const AccessKey& key,
                                             WallTime now) {
  const ProvenKey* const proven = find_proven(from, log, key);
  if (proven == nullptr || !proven->log->record) return std::nullopt;
  LogKey* const open = open_key(*proven->log->record, proven->number, now);
  if (open == nullptr) return std::nullopt;
  return OpenProven{*proven->log, *open};
}

/// Asks the store for a log's record, unless it was asked already.
inline void load(Common& common, LogResident& log) {
  if (log.phase != LogResident::Phase::unknown) return;
  log.phase = LogResident::Phase::loading;
  common.issue(LoadLog{log.id}, LogPending{LogPin(log)});
}

}  // namespace taut::dispatcher
