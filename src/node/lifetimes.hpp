#pragma once
// How long keys and messages live (docs/protocol/identity.md, "Sealing keys").

#include <chrono>

namespace taut::node {

/// A new sealing key after so long ...
inline constexpr std::chrono::days kSealingKeyRotation{7};
/// ... while senders may use the old one until it is this old: a node that is away for longer cannot be
/// written to until it comes back.
inline constexpr std::chrono::days kSealingKeyLife{28};
/// No dispatcher keeps an envelope for longer; so a sealing key is erased this long after its end.
inline constexpr std::chrono::days kEnvelopeLife{14};
/// A card that we sign holds for so long.
inline constexpr std::chrono::days kCardLife{365};

}  // namespace taut::node
