#include "cli/chat_layout.hpp"

#include <wchar.h>

#include <algorithm>
#include <clocale>
#include <ctime>
#include <utility>

#include "base/utf8.hpp"
#include "cli/text.hpp"

namespace taut::cli {
namespace {

constexpr std::string_view kNoticeMark = "-- ";
constexpr std::string_view kNoticeIndent = "   ";
constexpr std::string_view kTab = "    ";

/// Cells for names, and the widths that they are for. Below the last the text has rows of its own.
constexpr std::size_t kWideColumns = 60, kNarrowColumns = 32;
constexpr std::size_t kWideName = 14, kNarrowName = 10;
constexpr std::size_t kStackedIndent = 2;

/// A row that is full to the last cell makes some terminals begin another one.
std::size_t usable(std::size_t columns) { return columns < 2 ? 1 : columns - 1; }

std::string_view take_character(std::string_view& rest) {
  const std::string_view character = rest.substr(0, character_size(rest.front()));
  rest.remove_prefix(character.size());
  return character;
}

char32_t point_of(std::string_view character) {
  ByteView bytes = as_bytes(character);
  return take_code_point(bytes).value_or(U'?');
}

/// Fills rows with the words of one line.
class Wrapping {
 public:
  explicit Wrapping(std::size_t cells) : limit_(std::max<std::size_t>(cells, 2)) {}

  void take(std::string_view word) {
    const std::size_t cells = cells_of(word);
    if (has_word_ && row_cells_ + 1 + cells > limit_) end_row();
    if (std::exchange(has_word_, true)) add(" ", 1);
    while (!word.empty()) {
      const std::string_view character = take_character(word);
      const std::size_t width = cells_of(point_of(character));
      if (row_cells_ + width > limit_) end_row();
      has_word_ = true;
      add(character, width);
    }
  }
  void take_space() {
    if (row_cells_ + 1 < limit_) add(" ", 1);
  }
  void end_row() {
    rows_.push_back(std::exchange(row_, {}));
    row_cells_ = 0;
    has_word_ = false;
  }
  std::vector<std::string> rows_;

 private:
  void add(std::string_view text, std::size_t cells) {
    row_ += text;
    row_cells_ += cells;
  }

  std::size_t limit_;
  std::string row_;
  std::size_t row_cells_ = 0;
  bool has_word_ = false;
};

std::string without_tabs(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '\t' ? kTab : std::string_view(&c, 1);
  return out;
}

void wrap_line(Wrapping& wrapping, std::string_view line) {
  const std::string plain = shown_on_one_line(without_tabs(line));
  std::string_view rest = plain;
  while (rest.starts_with(' ')) {  // what is set in, is set in
    wrapping.take_space();
    rest.remove_prefix(1);
  }
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    if (end > 0) wrapping.take(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  wrapping.end_row();
}

std::string two_digits(int value) { return (value < 10 ? "0" : "") + std::to_string(value); }

std::tm local_time(WallTime at) {
  const auto seconds = static_cast<std::time_t>(at.unix_ms / 1000);
  std::tm local{};
  ::localtime_r(&seconds, &local);
  return local;
}

/// Five cells.
std::string time_of(const std::optional<WallTime>& at, WallTime now) {
  if (!at) return "     ";
  const std::tm then = local_time(*at), today = local_time(now);
  if (then.tm_year == today.tm_year && then.tm_yday == today.tm_yday)
    return two_digits(then.tm_hour) + ":" + two_digits(then.tm_min);
  return two_digits(then.tm_mon + 1) + "-" + two_digits(then.tm_mday);
}

std::string name_cell(const ChatLine& line, std::size_t cells) {
  if (!line.is_verified) return fitted(line.name, cells);
  const std::string name = fitted(line.name, std::min(cells - 1, cells_of(line.name)));
  return fitted(name + "✓", cells);
}

std::vector<std::string> set_in(std::vector<std::string> rows, const std::string& first,
                                const std::string& rest) {
  for (std::string& row : rows) row.insert(0, &row == rows.data() ? first : rest);
  return rows;
}

}  // namespace

void use_wide_characters() { std::setlocale(LC_CTYPE, "C.UTF-8"); }

std::size_t cells_of(char32_t character) {
  const int cells = ::wcwidth(static_cast<wchar_t>(character));
  return cells < 0 ? 1 : static_cast<std::size_t>(cells);
}

std::size_t cells_of(std::string_view text) {
  std::size_t cells = 0;
  while (!text.empty()) cells += cells_of(point_of(take_character(text)));
  return cells;
}

std::vector<std::string> wrapped(std::string_view text, std::size_t cells) {
  Wrapping wrapping(cells);
  while (text.ends_with('\n')) text.remove_suffix(1);
  for (std::size_t end = 0; end != std::string_view::npos; text.remove_prefix(end + 1)) {
    end = text.find('\n');
    wrap_line(wrapping, text.substr(0, end));
    if (end == std::string_view::npos) break;
  }
  return std::move(wrapping.rows_);
}

std::string fitted(std::string_view text, std::size_t cells) {
  const std::size_t all = cells_of(text);
  if (all <= cells) return std::string(text) + std::string(cells - all, ' ');
  std::string out;
  std::size_t taken = 0;
  while (!text.empty()) {
    const std::string_view character = take_character(text);
    taken += cells_of(point_of(character));
    if (taken + 1 > cells) break;
    out += character;
  }
  return fitted(out + "…", cells);
}

std::string text_of(ChatMark mark) {
  switch (mark) {
    case ChatMark::none:
      return " ";
    case ChatMark::sent:
      return "·";
    case ChatMark::in_log:
      return "›";
    case ChatMark::acknowledged:
      return "»";
    case ChatMark::unsent:
      return "!";
    case ChatMark::late:
      return "~";
  }
  return " ";
}

std::vector<std::string> rows_of(const ChatLine& line, WallTime now, std::size_t columns) {
  const std::string head = time_of(line.at, now) + text_of(line.mark) + (line.goes ? "* " : "  ");
  const std::size_t head_cells = kChatMarkCell + 3;
  if (columns < kNarrowColumns) {
    std::vector<std::string> rows =
        set_in(wrapped(line.text, usable(columns) - std::min(kStackedIndent, usable(columns) - 1)),
               std::string(kStackedIndent, ' '), std::string(kStackedIndent, ' '));
    const std::size_t name = std::max<std::size_t>(usable(columns), head_cells + 3) - head_cells;
    rows.insert(rows.begin(), head + name_cell(line, name));
    return rows;
  }
  const std::size_t name_cells = columns < kWideColumns ? kNarrowName : kWideName;
  const std::size_t indent = head_cells + name_cells + 1;
  return set_in(wrapped(line.text, usable(columns) - indent), head + name_cell(line, name_cells) + " ",
                std::string(indent, ' '));
}

std::vector<std::string> rows_of_notice(std::string_view text, std::size_t columns) {
  const std::size_t cells = usable(columns);
  return set_in(wrapped(text, cells - std::min(kNoticeMark.size(), cells - 1)), std::string(kNoticeMark),
                std::string(kNoticeIndent));
}

}  // namespace taut::cli
