#pragma once
// How long keys and messages live (docs/protocol/identity.md, "Sealing keys").

#include <chrono>

namespace taut::node {

/// A new sealing key after so long ...
inline constexpr std::chrono::days kSealingKeyRotation{7};
/// ... while senders may use the old one until it is this old, where they find no newer card: a node that is
/// away for longer cannot be written to until it comes back.
inline constexpr std::chrono::days kSealingKeyLife{28};
/// No dispatcher keeps an envelope for longer.
inline constexpr std::chrono::days kEnvelopeLife{14};
/// Between asking for the newest card and putting what was sealed to it.
inline constexpr std::chrono::days kSealingGrace{1};
/// New link keys after so long; certificates hold for longer (identity/identity.hpp), for who was away.
inline constexpr std::chrono::days kLinkKeyRotation{91};
/// A card that we sign holds for so long.
inline constexpr std::chrono::days kCardLife{365};

}  // namespace taut::node
