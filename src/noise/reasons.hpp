#pragma once
// Reasons of this room (base/error.hpp).

#include "base/error.hpp"

namespace taut::reasons {
inline constexpr Reason kBadProtocolName{"bad_protocol_name"};  ///< not of the form of Noise rev 34 §8
inline constexpr Reason kUnknownPattern{"unknown_pattern"};     ///< or a modifier that does not fit it
inline constexpr Reason kUnknownAlgorithm{"unknown_algorithm"};
}  // namespace taut::reasons
