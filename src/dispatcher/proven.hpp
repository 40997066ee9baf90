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

/// Asks the store for a log's record, unless it was asked already.
inline void load(Common& common, LogResident& log) {
  if (log.phase != LogResident::Phase::unknown) return;
  log.phase = LogResident::Phase::loading;
  common.issue(LoadLog{log.id}, LogPending{LogPin(log)});
}

}  // namespace taut::dispatcher
