#pragma once
// Reasons of this room (base/error.hpp).

#include "base/error.hpp"

namespace taut::reasons {
inline constexpr Reason kExpired{"expired"};            ///< past a signed lifetime
inline constexpr Reason kNotYetValid{"not_yet_valid"};  ///< before it: one of the two clocks is wrong
inline constexpr Reason kRevoked{"revoked"};            ///< the node's last card says so
inline constexpr Reason kOldCard{"old_card"};           ///< a lower sequence than one that we hold
inline constexpr Reason kBadName{"bad_name"};           ///< not UTF-8, a control character, too long
inline constexpr Reason kLinkCut{"link_cut"};           ///< the text ends before the card does
inline constexpr Reason kLinkWrong{"link_wrong"};       ///< not a link, or not as it was printed
}  // namespace taut::reasons
