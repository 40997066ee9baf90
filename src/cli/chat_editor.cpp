#include "cli/chat_editor.hpp"

#include <histedit.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "cli/chat_layout.hpp"
#include "cli/chat_terminal.hpp"

namespace taut::cli {
namespace {

constexpr std::string_view kPrompt = "> ";

// ECMA-48 and DEC STD 070, which every terminal since the VT100 understands.
constexpr std::string_view kToRowStart = "\r";
constexpr std::string_view kEraseBelow = "\x1b[J";
constexpr std::string_view kSaveCursor = "\0337";
constexpr std::string_view kRestoreCursor = "\0338";

std::string up(std::size_t rows) { return rows == 0 ? "" : "\x1b[" + std::to_string(rows) + "A"; }
std::string right(std::size_t cells) { return cells == 0 ? "" : "\x1b[" + std::to_string(cells) + "C"; }

void put_out(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

char* prompt_of(EditLine*) {
  static std::string prompt(kPrompt);
  return prompt.data();
}

/// RFC 3629 §3.
void append_utf8(std::string& out, char32_t point) {
  constexpr std::array<std::uint32_t, 4> kLeads{0, 0xc0, 0xe0, 0xf0};
  const std::size_t more = point < 0x80 ? 0 : point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  out += static_cast<char>(kLeads[more] | point >> (6 * more));
  for (std::size_t left = more; left-- > 0;) out += static_cast<char>(0x80U | (point >> (6 * left) & 0x3fU));
}

}  // namespace

struct LineEditor::Terminal {
  Terminal() : edit(::el_init("taut", stdin, stdout, stderr)) {
    ::el_set(edit, EL_CLIENTDATA, this);
    ::el_set(edit, EL_PROMPT, prompt_of);
    ::el_set(edit, EL_EDITOR, "emacs");
    ::el_set(edit, EL_BIND, "^_", "ed-delete-next-char", nullptr);
    ::el_set(edit, EL_GETCFN, next_key);
    ::el_set(edit, EL_UNBUFFERED, 1);  // raw from here on, and the prompt is shown
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal() { ::el_end(edit); }

  void press(wchar_t pressed) {
    key = pressed;
    int count = 0;
    ::el_wgets(edit, &count);
    key.reset();
  }
  static int next_key(EditLine* edit, wchar_t* out) {
    Terminal* self = nullptr;
    if (::el_get(edit, EL_CLIENTDATA, &self) != 0 || !self->key) return -1;
    *out = *std::exchange(self->key, std::nullopt);
    return 1;
  }

  TerminalGuard guard;  ///< first: gives back last
  EditLine* edit;
  std::optional<wchar_t> key;
};

LineEditor::LineEditor() {
  use_wide_characters();
  terminal_ = std::make_unique<Terminal>();
}

LineEditor::~LineEditor() { close(); }

void LineEditor::close() {
  if (!terminal_) return;
  if (text().empty())
    erase();
  else
    put_out("\r\n");
  terminal_.reset();
}

std::optional<LineEditor::Event> LineEditor::next() {
  while (terminal_) {
    const std::optional<wchar_t> key = keys_.next();
    if (!key) break;
    if (std::optional<Event> event = press(*key)) return event;
  }
  return std::nullopt;
}

std::optional<LineEditor::Event> LineEditor::press(wchar_t key) {
  const LineInfoW* const line = ::el_wline(terminal_->edit);
  const auto size = static_cast<std::size_t>(line->lastchar - line->buffer);
  if (key == keys::kEnd && size == 0) return End{};
  if (key == keys::kEnter) {
    Line finished{text()};
    terminal_->press(keys::kEraseLine);
    is_full_ = false;
    return finished;
  }
  if (key >= L' ' && key != keys::kErase && size >= kCharactersMax)
    return std::exchange(is_full_, true) ? std::nullopt : std::optional<Event>(TooLong{});
  terminal_->press(key);
  return std::nullopt;
}

std::string LineEditor::text() const {
  const LineInfoW* const line = ::el_wline(terminal_->edit);
  std::string text;
  for (const wchar_t* at = line->buffer; at != line->lastchar; ++at)
    append_utf8(text, static_cast<char32_t>(*at));
  return text;
}

/// As libedit lays it out: a character that does not fit goes to the next row, and so does the cursor from
/// behind the last cell.
std::size_t LineEditor::cursor_row() const {
  const auto [columns, rows] = terminal_size();
  const LineInfoW* const line = ::el_wline(terminal_->edit);
  std::size_t row = 0, cell = kPrompt.size();
  for (const wchar_t* at = line->buffer; at != line->cursor; ++at) {
    const std::size_t cells = cells_of(static_cast<char32_t>(*at));
    if (cell + cells > columns) ++row, cell = 0;
    cell += cells;
    if (cell >= columns) ++row, cell = 0;
  }
  return std::min(row, rows - 1);
}

void LineEditor::erase() { put_out(up(cursor_row()) + std::string(kToRowStart) + std::string(kEraseBelow)); }

void LineEditor::print_above(const std::string& rows) {
  if (!terminal_) return put_out(rows);
  erase();
  put_out(rows);
  ::el_set(terminal_->edit, EL_REFRESH);
}

bool LineEditor::print_cell(std::size_t above, std::size_t cell, const std::string& text) {
  if (!terminal_) return false;
  const std::size_t rows = above + cursor_row();
  if (rows >= terminal_size().rows) return false;
  put_out(std::string(kSaveCursor) + up(rows) + std::string(kToRowStart) + right(cell) + text +
          std::string(kRestoreCursor));
  return true;
}

void LineEditor::redraw() {
  if (!terminal_) return;
  erase();
  if (is_cooked()) {  // by a shell, while we were stopped
    ::el_set(terminal_->edit, EL_PREP_TERM, 0);
    ::el_set(terminal_->edit, EL_PREP_TERM, 1);
  }
  ::el_resize(terminal_->edit);
  ::el_set(terminal_->edit, EL_REFRESH);
}

}  // namespace taut::cli
