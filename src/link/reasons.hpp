#pragma once
// Reasons of this room (base/error.hpp).

#include "base/error.hpp"

namespace taut::reasons {
inline constexpr Reason kNotTaut{"not_taut"};  ///< the first bytes are not those of a link
inline constexpr Reason kVersionRefused{"version_refused"};
inline constexpr Reason kPurposeRefused{"purpose_refused"};
inline constexpr Reason kCut{"cut"};      ///< the stream stopped before its authenticated end
inline constexpr Reason kEnded{"ended"};  ///< the peer said that it ends
inline constexpr Reason kQueueFull{"queue_full"};
inline constexpr Reason kRekeyMissed{"rekey_missed"};  ///< the peer went past its rekey limit
}  // namespace taut::reasons
