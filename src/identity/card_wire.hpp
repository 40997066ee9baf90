#pragma once
// The bytes of a card (identity/card.hpp), and the rules that a signature does not show.

#include "identity/card.hpp"

namespace taut::identity {

inline constexpr std::uint8_t kCardFormat = 1;
inline constexpr std::string_view kCardLabel = "Card";
inline constexpr std::uint64_t kFinalSequence = std::numeric_limits<std::uint64_t>::max();

Bytes card_tbs(const Card& card);
/// @errors malformed, incompatible; nothing is verified yet
Result<Card> parse_card_tbs(ByteView tbs);

/// struct { opaque node_id[32]; LinkKey link_key; Address addresses<V>; } Dispatcher; topics name them too.
void write_dispatcher(wire::Writer& out, const Dispatcher& dispatcher);
/// @errors malformed
Result<Dispatcher> read_dispatcher(wire::Reader& in);

/// Sizes, order, uniqueness, keys that are keys, and that a revocation says nothing else.
/// @errors malformed
Status check_rules(const Card& card);

}  // namespace taut::identity
