#pragma once
// Text for bytes, in constant time (libsodium): hex, base64 (RFC 4648 §4) and base64url without
// padding (RFC 4648 §5). Decoders accept the canonical form only.

#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace taut::crypto {

std::string to_hex(ByteView bytes);
Result<Bytes> from_hex(std::string_view text);
std::string to_base64(ByteView bytes);
Result<Bytes> from_base64(std::string_view text);
std::string to_base64url(ByteView bytes);
Result<Bytes> from_base64url(std::string_view text);

}  // namespace taut::crypto
