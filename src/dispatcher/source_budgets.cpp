#include "dispatcher/source_budgets.hpp"

#include <algorithm>

namespace taut::dispatcher {

namespace {

constexpr std::uint64_t kMsPerHour = 3'600'000;
// A longer time forgives as much, and the product below stays within 64 bits.
constexpr std::uint64_t kElapsedMsMax = 1000 * kMsPerHour;

}  // namespace

bool SourceBudgets::take(SourceId source, Spending spending, std::uint64_t amount, const Rates& rates,
                         Instant now) {
  if (source == kNoSource) return true;
  const auto which = static_cast<std::size_t>(spending);
  const Rate& rate = rates[which];
  const Pinned<Source> pinned = sources_.at(source);
  Bucket& bucket = pinned->buckets[which];
  const auto elapsed = (now - bucket.since) / std::chrono::milliseconds(1);
  const std::uint64_t elapsed_ms =
      std::min(static_cast<std::uint64_t>(std::max<std::int64_t>(elapsed, 0)), kElapsedMsMax);
  const std::uint64_t forgiven = elapsed_ms * rate.per_hour / kMsPerHour;
  if (forgiven > 0) {
    bucket.spent -= std::min(bucket.spent, forgiven);
    bucket.since = now;  // less than one unit is lost
  }
  if (bucket.spent + amount > rate.burst) return false;
  bucket.spent += amount;
  return true;
}

}  // namespace taut::dispatcher
