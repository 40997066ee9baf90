#pragma once
// What two people compare when no link or QR code went between them (design §5, "First contact").

#include <string>

#include "base/ids.hpp"

namespace taut::identity {

/// Fourteen groups of five digits: seven groups (116 bits) per node, the lower node ID's first, so
/// that both people see the same. "12345 67890 …"
std::string safety_number(const NodeId& one, const NodeId& other);

}  // namespace taut::identity
