#pragma once
// Reasons of this room (base/error.hpp).

#include "base/error.hpp"

namespace taut::reasons {
inline constexpr Reason kBadCertificate{"bad_certificate"};  ///< a leaf key that no identity vouches for
inline constexpr Reason kBadIntroduction{"bad_introduction"};
inline constexpr Reason kBadInvitation{"bad_invitation"};  ///< unknown, revoked, used up, or not proven
inline constexpr Reason kOtherTopic{"other_topic"};        ///< an introduction to another topic
}  // namespace taut::reasons
