#include "cli/message_source.hpp"

#include <doctest/doctest.h>

namespace taut::cli {
namespace {

using Texts = std::vector<std::string>;

/// Everything that a cutter makes of some bytes that come in pieces of one size.
Texts messages(MessageCutter::Cut cut, std::string_view bytes, std::size_t piece_size) {
  MessageCutter cutter(cut);
  Texts out;
  for (std::size_t at = 0; at < bytes.size(); at += piece_size)
    REQUIRE(cutter.take(as_bytes(bytes.substr(at, piece_size))));
  CHECK_FALSE(cutter.is_over());
  cutter.end();
  cutter.end();
  while (const auto content = cutter.next()) out.emplace_back(as_text(content->body));
  CHECK(cutter.is_over());
  return out;
}

TEST_CASE("lines are messages, wherever the pieces are cut") {
  for (const std::size_t size : {1U, 2U, 3U, 7U, 1000U}) {
    CAPTURE(size);
    const auto lines = [&](std::string_view bytes) {
      return messages(MessageCutter::Cut::lines, bytes, size);
    };
    CHECK(lines("one\ntwo\n") == Texts{"one", "two"});
    CHECK(lines("one\n\nno end") == Texts{"one", "", "no end"});
    CHECK(lines("").empty());
    CHECK(lines("\n") == Texts{""});
    CHECK(lines("a\r\n") == Texts{"a\r"});
  }
}

TEST_CASE("without lines everything is one message, also nothing") {
  CHECK(messages(MessageCutter::Cut::nowhere, "one\ntwo\n", 3) == Texts{"one\ntwo\n"});
  CHECK(messages(MessageCutter::Cut::nowhere, "", 3) == Texts{""});
}

TEST_CASE("what is too long is refused as soon as it is, and named") {
  const Bytes full(envelope::kContentBytesMax, 'x');
  const Byte one_more[] = {'x'};
  for (const auto cut : {MessageCutter::Cut::lines, MessageCutter::Cut::nowhere}) {
    MessageCutter cutter(cut);
    REQUIRE(cutter.take(full));
    const auto refused = cutter.take(one_more);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().exit == ExitCode::usage);
    CHECK(refused.error().reason == "too_large");
  }
  MessageCutter lines(MessageCutter::Cut::lines);
  REQUIRE(lines.take(as_bytes("first\n")));
  const auto refused = lines.take(Bytes(envelope::kContentBytesMax + 1, 'x'));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().what.starts_with("Line 2 "));
  lines.end();
  CHECK(as_text(lines.next()->body) == "first");
}

TEST_CASE("text is what is UTF-8") {
  CHECK(content_of(to_bytes(as_bytes("ünï"))).type == envelope::ContentType::text);
  CHECK(content_of({}).type == envelope::ContentType::text);
  CHECK(content_of({0xff, 0xfe}).type == envelope::ContentType::bytes);
  CHECK(content_of({0xed, 0xa0, 0x80}).type == envelope::ContentType::bytes);  // a surrogate
}

}  // namespace
}  // namespace taut::cli
