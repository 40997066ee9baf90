#include "examples.hpp"

namespace taut::mls::examples {

// [save]
void save(Group& group, Store& store) {
  if (store.empty()) {  // the first time: everything
    for (const Record& record : group.save()) store[record.key.encode()] = to_bytes(record.value.expose());
    return;
  }
  // Afterwards: what changed, in the transaction that also holds the message to send, or the one read.
  const Changes changes = group.take_changes();
  for (const RecordKey& key : changes.erase) store.erase(key.encode());
  for (const Record& record : changes.put) store[record.key.encode()] = to_bytes(record.value.expose());
}
// [save]

}  // namespace taut::mls::examples
