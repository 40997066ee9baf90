#include "cli/text.hpp"

#include <doctest/doctest.h>

namespace taut::cli {
namespace {

TEST_CASE("times are RFC 3339 in UTC, to the millisecond") {
  CHECK(iso_time(WallTime{0}) == "1970-01-01T00:00:00.000Z");
  CHECK(iso_time(WallTime{1'700'000'000'007}) == "2023-11-14T22:13:20.007Z");
  CHECK(iso_time(WallTime{1'709'164'799'999}) == "2024-02-28T23:59:59.999Z");
  CHECK(iso_time(WallTime{1'709'164'800'000}) == "2024-02-29T00:00:00.000Z");
  CHECK(iso_time(WallTime{4'102'444'800'000}) == "2100-01-01T00:00:00.000Z");
}

TEST_CASE("a stranger's text does nothing to a terminal") {
  CHECK(shown("plain, ünï, 日本, 🙂\ttab") == "plain, ünï, 日本, 🙂\ttab");
  CHECK(shown("\x1b[2J") == "\ufffd[2J");
  CHECK(shown(std::string_view("a\0b\rc\x7f", 6)) == "a\ufffdb\ufffdc\ufffd");
  CHECK(shown("\u009b31m") == "\ufffd31m");  // C1: a control sequence without an escape
  CHECK(shown("\u00a0") == "\u00a0");
  for (const char* mark :
       {"\u061c", "\ufeff", "\u200e", "\u200f", "\u2028", "\u2029", "\u202a", "\u202e", "\u2066", "\u2069"})
    CHECK(shown(mark) == "\ufffd");
  for (const char* letter : {"\u200d", "\u2027", "\u202f", "\u2065", "\u206a"})
    CHECK(shown(letter) == letter);
}

TEST_CASE("no text looks like somebody else's line") {
  CHECK(shown("one\nalice: two\n") == "one\n    alice: two");
  CHECK(shown("\n\n") == "\n    ");
}

TEST_CASE("what is quoted in a sentence stays on its line") {
  CHECK(shown_on_one_line("a\nb\r\x1b[m") == "a\ufffdb\ufffd\ufffd[m");
  CHECK(shown_on_one_line("日本 \u202e") == "日本 \ufffd");
  CHECK(shown_on_one_line("\xff"
                          "a\xe6\x97") == "\ufffda\ufffd\ufffd");
  CHECK(shown_on_one_line("") == "");
}

TEST_CASE("counts are words") {
  CHECK(counted(0, "message") == "0 messages");
  CHECK(counted(1, "message") == "1 message");
  CHECK(counted(2, "byte") == "2 bytes");
}

}  // namespace
}  // namespace taut::cli
