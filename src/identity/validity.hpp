#pragma once
// From when until when a signed statement holds.

#include <limits>
#include <optional>

#include "base/result.hpp"
#include "base/time.hpp"
#include "identity/reasons.hpp"

namespace taut::identity {

inline constexpr WallTime kEndOfTime{std::numeric_limits<std::uint64_t>::max()};

/// struct { uint64 not_before; uint64 not_after; } Validity;   Unix milliseconds, both included
struct Validity {
  WallTime not_before;
  WallTime not_after = kEndOfTime;

  /// A node that does not know the time cannot judge, and accepts (design §7).
  /// @errors unauthentic: expired, not_yet_valid
  Status check_at(std::optional<WallTime> now) const {
    if (now && *now < not_before) return fail(Errc::unauthentic, reasons::kNotYetValid);
    if (now && *now > not_after) return fail(Errc::unauthentic, reasons::kExpired);
    return {};
  }

  friend bool operator==(const Validity&, const Validity&) = default;
};

}  // namespace taut::identity
