#pragma once
// Which wall time is acted on where it cannot be undone: keys that are erased or certified, inboxes that are
// given up (docs/decisions/0012-a-clock-that-leaps.md).

#include <optional>

#include "node/store.hpp"

namespace taut::node {

/// So far beyond the highest time that was ever believed a clock is believed alone.
inline constexpr std::chrono::days kLeapMax{1};

/// The highest time that was ever believed, our clock included where it does not leap. Nothing: no clock so
/// far. A node without dispatchers has nobody to ask, and nothing to lose: it believes its clock.
Result<std::optional<WallTime>> believed_time(Transaction& transaction, std::optional<WallTime> wall);
/// The same, and takes note of it.
Result<std::optional<WallTime>> note_wall_time(Transaction& transaction, std::optional<WallTime> wall);

/// A dispatcher has said what time it is there: a leap is believed as far as both clocks go.
/// @return  whether more is believed than before
Result<bool> hear_wall_time(Transaction& transaction, std::optional<WallTime> wall, WallTime said);

}  // namespace taut::node
