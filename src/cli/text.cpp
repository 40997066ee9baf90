#include "cli/text.hpp"

#include <array>
#include <chrono>

#include "base/utf8.hpp"

namespace taut::cli {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

std::string digits(std::int64_t value, int width) {
  std::string text = std::to_string(value);
  return std::string(text.size() < static_cast<std::size_t>(width)
                         ? static_cast<std::size_t>(width) - text.size()
                         : 0,
                     '0') +
         text;
}

bool is_harmful(std::string_view character) {
  return character != "\t" && !is_utf8_line(as_bytes(character));
}

}  // namespace

std::size_t character_size(char first) {
  const auto byte = static_cast<Byte>(first);
  if (byte < 0x80) return 1;
  if (byte < 0xe0) return 2;
  return byte < 0xf0 ? 3 : 4;
}

std::string iso_time(WallTime at) {
  using namespace std::chrono;
  const sys_time<milliseconds> time{milliseconds(at.unix_ms)};
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  return digits(static_cast<int>(date.year()), 4) + "-" + digits(static_cast<unsigned>(date.month()), 2) +
         "-" + digits(static_cast<unsigned>(date.day()), 2) + "T" + digits(clock.hours().count(), 2) + ":" +
         digits(clock.minutes().count(), 2) + ":" + digits(clock.seconds().count(), 2) + "." +
         digits(clock.subseconds().count(), 3) + "Z";
}

std::string shown(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::string_view character = text.substr(0, character_size(text.front()));
    text.remove_prefix(character.size());
    if (character == "\n")
      out += text.empty() ? "" : "\n    ";
    else
      out += is_harmful(character) ? kReplacement : character;
  }
  return out;
}

std::string shown_on_one_line(std::string_view bytes) {
  std::string out;
  while (!bytes.empty()) {
    std::string_view character = bytes.substr(0, character_size(bytes.front()));
    const bool is_well_formed = is_utf8(as_bytes(character));
    if (!is_well_formed) character = bytes.substr(0, 1);
    bytes.remove_prefix(character.size());
    out += !is_well_formed || character == "\n" || is_harmful(character) ? kReplacement : character;
  }
  return out;
}

std::string counted(std::uint64_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

}  // namespace taut::cli
