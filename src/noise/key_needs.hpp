#pragma once
// Which keys a pattern calls for at each party; too few and too many are both mistakes of the caller.

#include "noise/handshake_state.hpp"

namespace taut::noise {

/// @errors misuse (bad_key)
Status check_keys(const Protocol& protocol, Role role, const HandshakeKeys& keys);

}  // namespace taut::noise
