// Text that a decoder accepts is the text that the encoder gives; bytes survive both ways.

#include "crypto/encoding.hpp"

#include "support/require.hpp"

using namespace taut;
using namespace taut::crypto;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  const std::string_view text = as_text(input);
  if (const Result<Bytes> bytes = from_hex(text)) TAUT_REQUIRE(to_hex(*bytes) == text);
  if (const Result<Bytes> bytes = from_base64(text)) TAUT_REQUIRE(to_base64(*bytes) == text);
  if (const Result<Bytes> bytes = from_base64url(text)) TAUT_REQUIRE(to_base64url(*bytes) == text);
  TAUT_REQUIRE(equal(from_hex(to_hex(input)).value(), input));
  TAUT_REQUIRE(equal(from_base64(to_base64(input)).value(), input));
  TAUT_REQUIRE(equal(from_base64url(to_base64url(input)).value(), input));
  return 0;
}
