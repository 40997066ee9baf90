#pragma once
// How much may come from one place on the network in a while. In memory: a restart forgives.

#include <array>

#include "base/time.hpp"
#include "dispatcher/recent.hpp"

namespace taut::dispatcher {

/// A network address, or as much of it as one owner usually has, hashed.
using SourceId = std::uint64_t;
/// This machine, which all of its users share: not budgeted.
inline constexpr SourceId kNoSource = 0;

/// So much at once, and so much more in an hour.
struct Rate {
  std::uint64_t burst = 0;
  std::uint64_t per_hour = 0;
};

enum class Spending : std::uint8_t { logs, names, entry_bytes, introductions, claims };
inline constexpr std::size_t kSpendingCount = 5;
using Rates = std::array<Rate, kSpendingCount>;  ///< by Spending

class SourceBudgets {
 public:
  /// False: not now; then nothing is taken.
  bool take(SourceId source, Spending spending, std::uint64_t amount, const Rates& rates, Instant now);

 private:
  static constexpr std::size_t kSourcesMax = 65'536;

  struct Bucket {
    std::uint64_t spent = 0;
    Instant since;  ///< spent is of then; it shrinks with time
  };
  struct Source {
    SourceId id = 0;
    std::array<Bucket, kSpendingCount> buckets{};
    std::uint32_t pins = 0;
    std::list<Source*>::iterator recency;
  };
  Recent<SourceId, Source> sources_{kSourcesMax};
};

}  // namespace taut::dispatcher
