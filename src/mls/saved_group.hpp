#pragma once
// A group as records, and the way back (docs/mls.md, "Saving").

#include "mls/group_state.hpp"

namespace taut::mls {

/// Version of the saved form. A reader knows this one only.
inline constexpr std::uint16_t kSavedVersion = 1;

RecordKey node_record(NodeIndex node);

/// Every key that the state has now.
std::vector<RecordKey> record_keys(const GroupState& group);
/// The value of a record; empty: there is no such record (any more).
SecretBytes record_value(const GroupState& group, const RecordKey& key);

/// @errors malformed; kUnsupportedVersion; kUnsupportedSuite; kBadTreeHash, kBadKey: records that do not
///         belong together
Result<std::unique_ptr<GroupState>> load_group(const Hooks& hooks, std::span<const Record> records,
                                               const Time& now);

}  // namespace taut::mls
