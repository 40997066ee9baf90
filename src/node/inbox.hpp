#pragma once
// From deliveries to items: each message once, in order per sender and stream, and gaps where one is
// missing (docs/protocol/node.md, "Order").

#include "envelope/envelope.hpp"
#include "node/sealing_keys.hpp"
#include "node/store.hpp"

namespace taut::node {

/// Gaps of one stream that are remembered: what belongs into an older one comes as `reused`.
inline constexpr std::size_t kMissingRangesMax = 64;

/// A letter that was opened and verified, and when the dispatcher had received it.
struct Arrival {
  envelope::Letter letter;
  WallTime received;
};

enum class Verdict : std::uint8_t { accepted, duplicate };

/// Takes in one letter: an item when its turn has come, held when it waits for others.
/// @param newest_key  the number of our newest sealing key when the letter was opened
Result<Verdict> accept(Transaction& transaction, const Arrival& arrival, SealingKeyNumber newest_key);

/// Stops waiting for what is missing in front of the first held message: a gap is reported, and what
/// follows becomes items up to the next gap.
Status report_gap(Transaction& transaction, const Transaction::StreamName& stream);

}  // namespace taut::node
