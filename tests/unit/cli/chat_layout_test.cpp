#include "cli/chat_layout.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <ctime>

namespace taut::cli {
namespace {

using Rows = std::vector<std::string>;

/// 2026-11-20T09:15:00Z, in UTC.
WallTime at_nine() {
  use_wide_characters();
  ::setenv("TZ", "UTC", 1);
  ::tzset();
  return WallTime{1'795'166'100'000};
}

ChatLine line(std::string text) {
  ChatLine line;
  line.at = at_nine();
  line.name = "alice";
  line.text = std::move(text);
  return line;
}

TEST_CASE("a line has its time, its name and its text in columns") {
  ChatLine one = line("hello");
  CHECK(rows_of(one, at_nine(), 80) == Rows{"09:15   alice          hello"});
  one.is_verified = true;
  one.mark = ChatMark::in_log;
  one.goes = true;
  CHECK(rows_of(one, at_nine(), 80) == Rows{"09:15›* alice✓         hello"});
  one.at = WallTime{at_nine().unix_ms - 24 * 3'600'000};
  CHECK(rows_of(one, at_nine(), 80) == Rows{"11-19›* alice✓         hello"});
  one.at.reset();
  one.mark = ChatMark::late;
  CHECK(rows_of(one, at_nine(), 80) == Rows{"     ~* alice✓         hello"});
}

TEST_CASE("a long text keeps the column of the names, at any width") {
  const ChatLine one = line("the quick brown fox jumps over the lazy dog");
  CHECK(rows_of(one, at_nine(), 40) == Rows{"09:15   alice      the quick brown fox",
                                            "                   jumps over the lazy",
                                            "                   dog"});
  CHECK(rows_of(one, at_nine(), 20) ==
        Rows{"09:15   alice      ", "  the quick brown", "  fox jumps over", "  the lazy dog"});
  for (std::size_t columns = 12; columns < 120; ++columns)
    for (const std::string& row : rows_of(one, at_nine(), columns)) {
      CAPTURE(columns);
      CHECK(cells_of(row) < columns);
    }
}

TEST_CASE("no text leaves its column or moves the cursor") {
  for (const std::size_t columns : {20U, 40U, 80U})
    for (const char* text :
         {"one\n09:16   bob            two", "\r09:16   bob            two", "\x1b[2J\x1b[H.", "\u009b2J",
          "\u202eevil", "\u061cevil", "a\n\n\n", "\t\tset in", "\x7f\b\b\b\b"}) {
      const Rows rows = rows_of(line(text), at_nine(), columns);
      CAPTURE(text);
      REQUIRE_FALSE(rows.empty());
      for (const std::string& row : rows) {
        CHECK(cells_of(row) < columns);
        for (const char c : row) CHECK(static_cast<unsigned char>(c) >= 0x20);
        for (const char* harmful : {"\x7f", "\u009b", "\u202e", "\u061c"})
          CHECK(row.find(harmful) == std::string::npos);
        if (&row != rows.data()) CHECK(row.starts_with("  "));
      }
    }
}

TEST_CASE("words are cut where they must be, and wide characters take two cells") {
  at_nine();
  CHECK(wrapped("abcdefgh ij", 4) == Rows{"abcd", "efgh", "ij"});
  CHECK(wrapped("日本語の字", 5) == Rows{"日本", "語の", "字"});
  CHECK(cells_of("e\u0301") == 1);  // an accent of its own
  CHECK(wrapped("", 5) == Rows{""});
  CHECK(wrapped("  a b", 5) == Rows{"  a b"});
  CHECK(wrapped("one\ntwo\n", 9) == Rows{"one", "two"});
}

TEST_CASE("names are cut to their column") {
  at_nine();
  CHECK(fitted("bob", 5) == "bob  ");
  CHECK(fitted("bartholomew", 5) == "bart…");
  CHECK(fitted("日本語", 4) == "日… ");
  ChatLine one = line("x");
  one.name = "bartholomew the second";
  one.is_verified = true;
  CHECK(rows_of(one, at_nine(), 80) == Rows{"09:15   bartholomew …✓ x"});
}

TEST_CASE("notices are set apart, and set in") {
  at_nine();
  CHECK(rows_of_notice("bob joined, let in by alice", 20) == Rows{"-- bob joined, let", "   in by alice"});
}

}  // namespace
}  // namespace taut::cli
