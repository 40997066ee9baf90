#pragma once
// Reasons of this room (base/error.hpp).

#include "base/error.hpp"

namespace taut::reasons {
inline constexpr Reason kNobodyListens{"nobody_listens"};     ///< the machine is there, and refuses
inline constexpr Reason kNoRoute{"no_route"};                 ///< the network does not lead there
inline constexpr Reason kNameNotFound{"name_not_found"};      ///< the host name has no address
inline constexpr Reason kAddressInUse{"address_in_use"};      ///< another process listens there
inline constexpr Reason kAddressNotOurs{"address_not_ours"};  ///< no such address on this machine
inline constexpr Reason kNotListening{"not_listening"};       ///< a socket from outside that is of no use
inline constexpr Reason kForbidden{"forbidden"};              ///< the system does not let us
inline constexpr Reason kReset{"reset"};                      ///< the peer or the network broke it off
}  // namespace taut::reasons
