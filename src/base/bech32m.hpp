#pragma once
// Bech32m, BIP 350: text for bytes that people copy, with a checksum that catches slips.

#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace taut::bech32m {

/// @param prefix  lower-case human-readable part, 1..83 characters
std::string encode(std::string_view prefix, ByteView data);

/// @param prefix  the only one accepted
/// @errors        malformed: checksum, character, mixed case, other prefix, non-zero padding
/// @spec          BIP 173 decoding rules with BIP 350's constant; length is the caller's to check
Result<Bytes> decode(std::string_view prefix, std::string_view text);

}  // namespace taut::bech32m
