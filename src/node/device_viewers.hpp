#pragma once
// Which contacts may see this device at its dispatchers (docs/protocol/dispatcher.md, "Devices").

#include "node/store.hpp"

namespace taut::node {

/// Ascending, at most frame::kViewersMax.
Result<std::vector<NodeId>> device_viewers(Transaction& transaction);
enum class Sight : std::uint8_t { hidden, shown };
/// For all nodes of a contact.
/// @errors exhausted (full): too many may see it
Status set_sight(Transaction& transaction, const std::vector<NodeId>& nodes, Sight sight);

}  // namespace taut::node
