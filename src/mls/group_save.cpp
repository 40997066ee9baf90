#include <algorithm>

#include "mls/group.hpp"
#include "mls/saved_group.hpp"

namespace taut::mls {

std::vector<Record> Group::save() {
  state_->journal.start();
  static_cast<void>(state_->journal.take());
  std::vector<Record> records;
  for (const RecordKey& key : record_keys(*state_)) records.push_back({key, record_value(*state_, key)});
  return records;
}

Changes Group::take_changes() {
  Changes changes;
  for (const RecordKey& key : state_->journal.take()) {
    SecretBytes value = record_value(*state_, key);
    if (value.empty()) {
      changes.erase.push_back(key);
    } else {
      changes.put.push_back({key, std::move(value)});
    }
  }
  return changes;
}

Result<Group> Group::load(Hooks hooks, std::vector<Record> records, Time now) {
  std::ranges::sort(records, {}, &Record::key);
  if (std::ranges::adjacent_find(records, {}, &Record::key) != records.end()) return malformed();
  TAUT_TRY(auto state, load_group(hooks, records, now));
  // What did not come back (epochs whose time is over) has to leave the store too.
  state->journal.start();
  const std::vector<RecordKey> kept = record_keys(*state);
  for (const Record& record : records)
    if (!std::ranges::binary_search(kept, record.key)) state->journal.touch(record.key);
  return Group(std::move(state));
}

}  // namespace taut::mls
