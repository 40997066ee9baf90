#include "dispatcher/log_keys.hpp"

#include <algorithm>
#include <tuple>

namespace taut::dispatcher {

namespace {

using KeyPhase = LogKey::Phase;

// Being used is written at most this often.
constexpr std::chrono::days kUsedEvery{1};

std::uint64_t entries_under(const LogRecord& record, KeyNumber key) {
  const LogKeyUse* const use = use_of(record, key);
  return use == nullptr ? 0 : use->entries;
}

void drop_key(LogRecord& record, KeyNumber number, LogChange& change) {
  std::erase_if(record.keys, [&](const LogKey& key) { return key.number == number; });
  std::erase_if(change.keys, [&](const LogKey& key) { return key.number == number; });
  change.dropped_keys.push_back(number);
}

// Candidates are named again at no cost; epochs that are over only keep those away longest from climbing; a
// key under which nothing was written is missed least.
auto order_of_going(const LogRecord& record, const LogKey& key) {
  const std::uint64_t weight =
      key.phase == KeyPhase::used ? entries_under(record, key.number) : key.until.unix_ms;
  const int rank = key.phase == KeyPhase::candidate ? 0 : key.phase == KeyPhase::superseded ? 1 : 2;
  return std::tuple(rank, weight, key.number);
}

void make_room(LogRecord& record, KeyNumber parent, KeyNumber kept, const LogKeyLimits& limits,
               LogChange& change) {
  const auto is_sibling = [&](const LogKey& key) {
    return key.phase == KeyPhase::candidate && key.parent == parent;
  };
  while (static_cast<std::size_t>(std::ranges::count_if(record.keys, is_sibling)) > limits.candidates_max) {
    drop_key(record, std::ranges::find_if(record.keys, is_sibling)->number, change);
  }
  while (record.keys.size() > limits.keys_max) {
    const LogKey* next = nullptr;
    for (const LogKey& key : record.keys) {
      if (key.number == kept || key.number == parent) continue;
      if (next == nullptr || order_of_going(record, key) < order_of_going(record, *next)) next = &key;
    }
    if (next == nullptr) return;
    drop_key(record, next->number, change);
  }
}

void note_used(LogRecord& record, WallTime now, LogChange& change) {
  if (now < record.last_used + kUsedEvery) return;
  record.last_used = now;
  change.last_used = now;
}

}  // namespace

LogKey* open_key(LogRecord& record, KeyNumber number, WallTime now) {
  const auto key = std::ranges::lower_bound(record.keys, number, {}, &LogKey::number);
  return key != record.keys.end() && key->number == number && key->until > now ? &*key : nullptr;
}

LogKey* open_key(LogRecord& record, const AccessKey& wanted, WallTime now) {
  const auto key = std::ranges::find_if(
      record.keys, [&](const LogKey& one) { return one.key == wanted && one.until > now; });
  return key == record.keys.end() ? nullptr : &*key;
}

LogChange name_successor(LogRecord& record, KeyNumber parent, const AccessKey& successor, WallTime now,
                         const LogKeyLimits& limits) {
  LogChange change;
  const WallTime until = now + limits.candidate_keep;
  if (LogKey* const known = open_key(record, successor, now)) {
    if (known->phase != KeyPhase::candidate) return change;
    known->until = until;
    change.keys.push_back(*known);
    return change;
  }
  const LogKey named{record.next_key++, successor, parent, KeyPhase::candidate, until, {}};
  record.keys.push_back(named);
  change.keys.push_back(named);
  make_room(record, parent, named.number, limits, change);
  return change;
}

LogChange use_key(LogRecord& record, KeyNumber number, WallTime now, const LogKeyLimits& limits) {
  LogChange change;
  note_used(record, now, change);
  LogKey* const key = open_key(record, number, now);
  if (key == nullptr) return change;
  // Who was away climbs from epoch to epoch as long as there is something to read.
  const WallTime superseded_until = now + std::max(limits.superseded_keep, record.retention.time);
  if (key->phase == KeyPhase::superseded && key->until + kUsedEvery <= superseded_until) {
    key->until = superseded_until;
    change.keys.push_back(*key);
  }
  if (key->phase != KeyPhase::candidate) return change;
  key->phase = KeyPhase::used;
  key->until = kNeverLapses;
  change.keys.push_back(*key);
  LogKey* const parent = key->parent ? open_key(record, *key->parent, now) : nullptr;
  if (parent == nullptr || parent->phase != KeyPhase::used) return change;
  parent->phase = KeyPhase::superseded;
  parent->until = superseded_until;
  change.keys.push_back(*parent);
  return change;
}

const LogKeyUse* use_of(const LogRecord& record, KeyNumber key) {
  const auto use = std::ranges::lower_bound(record.in_use, key, {}, &LogKeyUse::key);
  return use != record.in_use.end() && use->key == key ? &*use : nullptr;
}

void note_entry(LogRecord& record, KeyNumber key, LogNumber number) {
  const auto at = std::ranges::lower_bound(record.in_use, key, {}, &LogKeyUse::key);
  if (at == record.in_use.end() || at->key != key) {
    record.in_use.insert(at, {key, 1, number, number});
    return;
  }
  ++at->entries;
  at->last = std::max(at->last, number);
}

// How many of a key's entries have gone is not told; as many may be left as fit behind it.
void note_gone(LogRecord& record, LogNumber gone) {
  record.gone = std::max(record.gone, gone);
  std::erase_if(record.in_use, [&](const LogKeyUse& use) { return use.last <= gone; });
  for (LogKeyUse& use : record.in_use) {
    use.first = std::max(use.first, gone + 1);
    use.entries = std::min(use.entries, use.last - use.first + 1);
  }
}

}  // namespace taut::dispatcher
