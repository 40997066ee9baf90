#include "crypto/encoding.hpp"

#include <sodium.h>

#include "base/secret.hpp"

namespace taut::crypto {
namespace {

std::string to_base64_variant(ByteView bytes, int variant) {
  std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), variant);
  text.pop_back();  // the terminator
  return text;
}

Result<Bytes> from_base64_variant(std::string_view text, int variant) {
  Bytes bytes(text.size() / 4 * 3 + 3);
  std::size_t size = 0;
  // No end pointer: then text that is left over is an error.
  if (sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &size, nullptr,
                        variant) != 0)
    return malformed();
  bytes.resize(size);
  // libsodium takes some bytes beyond ASCII for letters; the canonical form is what it writes itself.
  if (!equals_in_constant_time(as_bytes(to_base64_variant(bytes, variant)), as_bytes(text)))
    return malformed();
  return bytes;
}

}  // namespace

std::string to_hex(ByteView bytes) {
  std::string text(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
  text.pop_back();  // the terminator
  return text;
}

Result<Bytes> from_hex(std::string_view text) {
  const auto upper = [](char c) { return c >= 'A' && c <= 'F'; };
  if (text.size() % 2 != 0 || std::ranges::any_of(text, upper)) return malformed();
  if (text.empty()) return Bytes{};  // libsodium wants a buffer even for nothing
  Bytes bytes(text.size() / 2);
  if (sodium_hex2bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, nullptr, nullptr) != 0)
    return malformed();
  return bytes;
}

std::string to_base64(ByteView bytes) { return to_base64_variant(bytes, sodium_base64_VARIANT_ORIGINAL); }
Result<Bytes> from_base64(std::string_view text) {
  return from_base64_variant(text, sodium_base64_VARIANT_ORIGINAL);
}
std::string to_base64url(ByteView bytes) {
  return to_base64_variant(bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}
Result<Bytes> from_base64url(std::string_view text) {
  return from_base64_variant(text, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

}  // namespace taut::crypto
