#include "base/utf8.hpp"

#include <doctest/doctest.h>

using namespace taut;

TEST_CASE("UTF-8: shortest forms, no surrogates, nothing beyond the last code point") {
  for (const std::string_view good :
       {"", "a", "\x7f", "\xc2\x80", "ß", "€", "\xed\x9f\xbf", "\xee\x80\x80", "😀", "\xf4\x8f\xbf\xbf"})
    CHECK(is_utf8(as_bytes(good)));
  for (const std::string_view bad :
       {"\x80", "\xc0\x80", "\xc1\xbf", "\xc3", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xed\xbf\xbf",
        "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xff", "a\xe2\x82", "\xe2\x28\xa1"})
    CHECK_FALSE(is_utf8(as_bytes(bad)));
}

TEST_CASE("a line shows nothing that moves the cursor or turns the text") {
  CHECK(is_utf8_line(as_bytes("bob's kitchen sensor, 2nd floor · ñ 水 😀")));
  for (const std::string_view bad : {"a\nb", "\x1b[31m", "\x7f", "\xc2\x85", "a\xe2\x80\xa8",
                                     "\xe2\x80\xae"
                                     "cod.exe",
                                     "\xe2\x81\xa6", "\xef\xbb\xbf", "\xd8\x9c"})
    CHECK_FALSE(is_utf8_line(as_bytes(bad)));
  CHECK_FALSE(is_utf8_line(as_bytes(std::string_view("a\0b", 3))));
  CHECK_FALSE(is_utf8_line(as_bytes("\xff")));
}
