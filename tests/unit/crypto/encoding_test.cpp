#include "crypto/encoding.hpp"

#include <doctest/doctest.h>

using namespace taut;
using namespace taut::crypto;

TEST_CASE("encoding: RFC 4648 §10") {
  const std::array<std::pair<const char*, const char*>, 7> rows{{{"", ""},
                                                                 {"f", "Zg=="},
                                                                 {"fo", "Zm8="},
                                                                 {"foo", "Zm9v"},
                                                                 {"foob", "Zm9vYg=="},
                                                                 {"fooba", "Zm9vYmE="},
                                                                 {"foobar", "Zm9vYmFy"}}};
  for (const auto& [plain, base64] : rows) {
    const ByteView bytes = as_bytes(plain);
    CHECK(to_base64(bytes) == base64);
    CHECK(equal(from_base64(base64).value(), bytes));
    std::string unpadded(base64);
    unpadded.erase(std::ranges::find(unpadded, '='), unpadded.end());
    CHECK(to_base64url(bytes) == unpadded);
    CHECK(equal(from_base64url(unpadded).value(), bytes));
    if (unpadded != base64) {
      CHECK_FALSE(from_base64(unpadded).has_value());
      CHECK_FALSE(from_base64url(base64).has_value());
    }
  }
  CHECK(to_hex(as_bytes("foobar")) == "666f6f626172");
}

TEST_CASE("encoding: every byte value survives, at every length") {
  Bytes bytes;
  for (unsigned i = 0; i < 256; ++i) {
    bytes.push_back(static_cast<Byte>(i * 167));
    CHECK(from_hex(to_hex(bytes)).value() == bytes);
    CHECK(from_base64(to_base64(bytes)).value() == bytes);
    CHECK(from_base64url(to_base64url(bytes)).value() == bytes);
  }
}

TEST_CASE("encoding: one text for one value") {
  for (const char* text : {"0", "0g", "AB", "aB", "ab ", " ab", "ab:cd", "0x00", "ab\n", "\xc3\xa4"})
    CHECK_FALSE(from_hex(text).has_value());
  // Bits beyond the value (Zh==), characters of the other alphabet, white space, wrong padding.
  for (const char* text : {"Zh==", "Zm9=", "-_==", "Zg", "Zg=", "Zg===", "Z", "Z===", "=", "Zm9v\n", " Zm9v",
                           "Zm9vZ", "Zm=v", "Zg==Zg=="})
    CHECK_FALSE(from_base64(text).has_value());
  for (const char* text : {"Zh", "Zm9", "+/", "Zg==", "Z", "Zm9v ", "Zm9vZ", "Zm 9v"}) {
    CAPTURE(text);
    CHECK_FALSE(from_base64url(text).has_value());
  }
  // Bytes beyond ASCII, some of which libsodium's decoder takes for letters.
  for (unsigned byte = 0x80; byte < 0x100; ++byte) {
    const std::string text = std::string(1, static_cast<char>(byte)) + "m9v";
    CHECK_FALSE(from_base64(text).has_value());
    CHECK_FALSE(from_base64url(text).has_value());
    CHECK_FALSE(from_hex(text).has_value());
  }
  CHECK_FALSE(from_hex(std::string_view("ab\0cd", 5)).has_value());
  CHECK_FALSE(from_base64(std::string_view("Zm9\0", 4)).has_value());
}
