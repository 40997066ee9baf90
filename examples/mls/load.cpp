#include "examples.hpp"

namespace taut::mls::examples {

// [load]
Result<Group> load(const Store& store, Random& random, Time now) {
  std::vector<Record> records;
  for (const auto& [key, value] : store) {
    TAUT_TRY(const RecordKey record_key, RecordKey::decode(key));
    records.push_back({record_key, SecretBytes(value)});
  }
  // Past epochs whose time is over, or whose age nobody can tell, do not come back.
  return Group::load({.random = random}, std::move(records), now);
}
// [load]

}  // namespace taut::mls::examples
