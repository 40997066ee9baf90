#pragma once
// A card as text, for mail, terminals and QR codes: `taut:` and the base64url of the card.

#include <string>

#include "identity/card.hpp"

namespace taut::identity {

inline constexpr std::string_view kCardScheme = "taut:";

std::string to_text(const SignedCard& card);

/// White space is passed over: a link that a terminal or a mail broke is whole again.
/// @errors malformed: link_cut (its end is missing), link_wrong (not a link, or altered);
///         incompatible: made by a newer version
Result<SignedCard> card_from_text(std::string_view text);

}  // namespace taut::identity
