#include "node/believed_time.hpp"

#include "node/records.hpp"

namespace taut::node {

namespace {

/// The highest wall time is written no more often than this: it guards lifetimes of days.
constexpr std::chrono::hours kWallTimeGrain{1};

Result<std::optional<WallTime>> highest_believed(Transaction& transaction) {
  TAUT_TRY(const std::optional<SecretBytes> value, transaction.value(ValueKey::wall_time));
  if (!value) return std::nullopt;
  TAUT_TRY(const WallTime seen, parse_wall_time(value->expose()));
  return std::optional(seen);
}

}  // namespace

Result<std::optional<WallTime>> believed_time(Transaction& transaction, std::optional<WallTime> wall) {
  TAUT_TRY(const std::optional<WallTime> seen, highest_believed(transaction));
  if (!wall || !seen) return seen ? seen : wall;
  if (*wall <= *seen + kLeapMax) return std::max(*wall, *seen);
  TAUT_TRY(const std::vector<DispatcherRow> dispatchers, transaction.dispatchers());
  return dispatchers.empty() ? wall : seen;
}

Result<std::optional<WallTime>> note_wall_time(Transaction& transaction, std::optional<WallTime> wall) {
  TAUT_TRY(const std::optional<WallTime> seen, highest_believed(transaction));
  TAUT_TRY(const std::optional<WallTime> believed, believed_time(transaction, wall));
  if (believed && (!seen || *believed > *seen + kWallTimeGrain))
    TAUT_CHECK(transaction.set_value(ValueKey::wall_time, encode(*believed)));
  return believed;
}

Result<bool> hear_wall_time(Transaction& transaction, std::optional<WallTime> wall, WallTime said) {
  TAUT_TRY(const std::optional<WallTime> believed, believed_time(transaction, wall));
  if (!wall || !believed || std::min(*wall, said) <= *believed) return false;
  TAUT_CHECK(transaction.set_value(ValueKey::wall_time, encode(std::min(*wall, said))));
  return true;
}

}  // namespace taut::node
