#include "carrier/line_codec.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <sstream>

#include "crypto/encoding.hpp"

namespace taut::carrier {
namespace {

using std::chrono::seconds;

constexpr Instant kNow{seconds(1000)};

LineFrameId line_frame_id(Byte number) {
  LineFrameId id;
  for (Byte& byte : id.fill()) byte = number;
  return id;
}

Bytes line_frame(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<Byte>(i * 37 >> 2);
  return bytes;
}

std::vector<std::string> split(ByteView lines) {
  std::vector<std::string> all;
  std::istringstream in{std::string(as_text(lines))};
  for (std::string line; std::getline(in, line);) all.push_back(line + "\n");
  return all;
}

std::vector<std::string> lines_for(const Bytes& frame, Byte id,
                                   std::size_t line_bytes_max = kLineBytesDefault) {
  const auto lines = lines_of(frame, line_frame_id(id), line_bytes_max);
  REQUIRE(lines);
  return split(*lines);
}

std::vector<Bytes> take_all(LineDecoder& decoder, const std::vector<std::string>& lines, Instant now = kNow) {
  std::vector<Bytes> frames;
  for (const std::string& line : lines)
    for (Bytes& frame : decoder.take(as_bytes(line), now)) frames.push_back(std::move(frame));
  return frames;
}

TEST_CASE("a frame is as many lines as it needs, none longer than said") {
  for (const std::size_t line_bytes : {80UL, 81UL, 400UL, 4096UL}) {
    for (const std::size_t size : {1UL, 2UL, 3UL, 100UL, 1000UL, 65'537UL}) {
      CAPTURE(line_bytes);
      CAPTURE(size);
      const Bytes frame = line_frame(size);
      const auto lines = lines_for(frame, 1, line_bytes);
      for (const std::string& line : lines) CHECK(line.size() <= line_bytes + 1);
      LineDecoder decoder({});
      CHECK(take_all(decoder, lines) == std::vector<Bytes>{frame});
      CHECK(decoder.unfinished_bytes() == 0);
      CHECK(decoder.counters().frames == 1);
      CHECK_FALSE(decoder.next_deadline());
    }
  }
  CHECK(lines_for(Bytes{0}, 0) == std::vector<std::string>{"taut~AAAAAAAAAAA/1/1/AA\n"});
}

TEST_CASE("a frame of as many lines as may be fits") {
  const Bytes frame = line_frame(kLinesPerFrameMax * 36);
  LineDecoder decoder({});
  const auto lines = lines_of(frame, line_frame_id(1), kLineBytesMin);
  REQUIRE(lines);
  CHECK(decoder.take(*lines, kNow) == std::vector<Bytes>{frame});
}

TEST_CASE("what cannot be lines is refused") {
  const Error misuse{Errc::misuse, reasons::kMisuse};
  CHECK(lines_of({}, line_frame_id(1), 400).error() == misuse);
  CHECK(lines_of(Bytes(1), line_frame_id(1), kLineBytesMin - 1).error() == misuse);
  CHECK(lines_of(Bytes(1), line_frame_id(1), kLineBytesMax + 1).error() == misuse);
  CHECK(lines_of(Bytes(kLinesPerFrameMax * 36 + 1), line_frame_id(1), kLineBytesMin).error() ==
        Error{Errc::exhausted, reasons::kTooLarge});
}

TEST_CASE("lines come in any order, mixed, repeated, with a nickname, cut anywhere") {
  std::vector<Bytes> frames;
  std::vector<std::string> lines;
  for (Byte i = 0; i < 20; ++i) {
    frames.push_back(line_frame(500 + 100UL * i));
    for (const std::string& line : lines_for(frames.back(), i, 100)) {
      lines.push_back("12:00 <ann> " + line);
      if (i % 3 == 0) lines.push_back(line.substr(0, line.size() - 1) + " \t\r\n");
    }
    lines.push_back("hello, is anybody there?\n");
    lines.push_back("\n");
  }
  std::mt19937 shuffle(5);
  std::ranges::shuffle(lines, shuffle);
  std::string all;
  for (const std::string& line : lines) all += line;
  LineDecoder decoder({});
  std::vector<Bytes> came;
  for (std::size_t at = 0; at < all.size(); at += 17)
    for (Bytes& frame : decoder.take(as_bytes(std::string_view(all).substr(at, 17)), kNow))
      came.push_back(std::move(frame));
  std::ranges::sort(came);
  std::ranges::sort(frames);
  CHECK(came == frames);
  CHECK(decoder.counters().foreign_lines == 40);
  CHECK(decoder.counters().repeated_lines > 0);
  CHECK(decoder.counters().lost_frames == 0);
}

TEST_CASE("every other line is somebody else's") {
  LineDecoder decoder({});
  const std::string id = "AAAAAAAAAAA";
  for (const std::string& line : std::vector<std::string>{"",
                                                          "taut~",
                                                          "taut~" + id + "/1/1/",
                                                          "taut~" + id + "/1/1/A",
                                                          "taut~" + id + "/1/1/AA==",
                                                          "taut~" + id + "/1/1/AB",
                                                          "taut~" + id + "/0/1/AA",
                                                          "taut~" + id + "/2/1/AA",
                                                          "taut~" + id + "/01/1/AA",
                                                          "taut~" + id + "/+1/1/AA",
                                                          "taut~" + id + "/1/65536/AA",
                                                          "taut~" + id + "/1/1/AA AA",
                                                          "taut~" + id + "/1/1/A+",
                                                          "taut~" + id + "/1/AA",
                                                          "taut~" + id + "A/1/1/AA",
                                                          "taut~AAAAAAAAAAB/1/1/AA",
                                                          "TAUT~" + id + "/1/1/AA",
                                                          "taut~" + id + "/1/1/AA more",
                                                          "taut~\xff\xfe",
                                                          std::string("taut~\0", 6)}) {
    CAPTURE(line);
    const std::uint64_t before = decoder.counters().foreign_lines;
    CHECK(take_all(decoder, {line + "\n"}).empty());
    CHECK(decoder.counters().foreign_lines == before + 1);
  }
  CHECK(decoder.unfinished_bytes() == 0);
  CHECK(take_all(decoder, {"taut~" + id + "/1/1/AA\n"}).size() == 1);
}

TEST_CASE("a line without end costs no more than a line") {
  LineDecoder decoder({});
  const Bytes piece(10'000, 'x');
  for (int i = 0; i < 1000; ++i) CHECK(decoder.take(piece, kNow).empty());
  CHECK(take_all(decoder, {"taut~AAAAAAAAAAA/1/1/AA\n"}).empty());  // the end of it
  CHECK(decoder.counters().foreign_lines == 1);
  CHECK(take_all(decoder, {"taut~AAAAAAAAAAA/1/1/AA\n"}).size() == 1);
}

TEST_CASE("a frame whose lines stay away is given up, and its last lines do not begin it again") {
  LineDecoder decoder({.line_wait_max = seconds(60)});
  auto lines = lines_for(line_frame(1000), 1, 100);
  const std::vector<std::string> first(lines.begin(), lines.end() - 1);
  CHECK(take_all(decoder, first).empty());
  CHECK(decoder.next_deadline() == kNow + seconds(60));
  decoder.tick(kNow + seconds(59));
  CHECK(decoder.unfinished_bytes() > 0);
  decoder.tick(kNow + seconds(60));
  CHECK(decoder.unfinished_bytes() == 0);
  CHECK(decoder.counters().lost_frames == 1);
  CHECK(take_all(decoder, lines, kNow + seconds(61)).empty());
  CHECK(decoder.unfinished_bytes() == 0);
  // Sent again it is another frame.
  CHECK(take_all(decoder, lines_for(line_frame(1000), 2, 100), kNow + seconds(61)).size() == 1);
}

TEST_CASE("a finished frame comes once") {
  LineDecoder decoder({});
  const auto lines = lines_for(line_frame(1000), 1);
  CHECK(take_all(decoder, lines).size() == 1);
  CHECK(take_all(decoder, lines).empty());
  CHECK(decoder.counters().repeated_lines == lines.size());
}

TEST_CASE("lines that contradict each other end their frame") {
  const auto lines = lines_for(line_frame(200), 1, 100);
  const auto other_count = lines_for(line_frame(1000), 1, 100);
  const auto other_data = lines_for(Bytes(200, 7), 1, 100);
  for (const std::string& wrong : {other_count[1], other_data[0]}) {
    LineDecoder decoder({});
    CHECK(take_all(decoder, {lines[0], wrong}).empty());
    CHECK(decoder.counters().lost_frames == 1);
    CHECK(decoder.unfinished_bytes() == 0);
    CHECK(take_all(decoder, lines).empty());
  }
}

TEST_CASE("unfinished frames are bounded by count, bytes and size; the oldest make way") {
  LineDecoder decoder({.frame_bytes_max = 1000, .unfinished_count_max = 4, .unfinished_bytes_max = 5000});
  std::vector<std::vector<std::string>> frames;
  for (Byte i = 0; i < 6; ++i) {
    frames.push_back(lines_for(line_frame(100), i, 100));
    CHECK(take_all(decoder, {frames.back()[0]}, kNow + seconds(i)).empty());
  }
  CHECK(decoder.counters().lost_frames == 2);
  CHECK(take_all(decoder, {frames[2].begin() + 1, frames[2].end()}, kNow + seconds(7)).size() == 1);
  CHECK(take_all(decoder, {frames[1].begin() + 1, frames[1].end()}, kNow + seconds(7)).empty());

  CHECK(take_all(decoder, lines_for(line_frame(1001), 20, 100), kNow + seconds(8)).empty());
  CHECK(take_all(decoder, lines_for(line_frame(1000), 21, 100), kNow + seconds(8)).size() == 1);

  for (int i = 0; i < 5000; ++i) {
    std::string line = "taut~AAAAAAAAAAA/" + std::to_string(i % 1000 + 1) + "/65535/AA\n";
    const std::string name = crypto::to_base64url(line_frame_id(static_cast<Byte>(100 + i / 1000)).view());
    take_all(decoder, {line.replace(5, 11, name)}, kNow + seconds(9));
    REQUIRE(decoder.unfinished_bytes() <= 5000);
  }
}

}  // namespace
}  // namespace taut::carrier
