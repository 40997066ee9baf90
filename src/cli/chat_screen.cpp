#include "cli/chat_screen.hpp"

#include "cli/chat_terminal.hpp"

namespace taut::cli {

void ChatScreen::print(std::span<const std::string> rows) {
  std::string text;
  for (const std::string& row : rows) text += row + "\r\n";
  editor_.print_above(text);
  printed_ += rows.size();
}

void ChatScreen::show(const ChatLine& line, WallTime now) {
  print(rows_of(line, now, terminal_size().columns));
}

void ChatScreen::show_own(const MessageId& id, const ChatLine& line, WallTime now) {
  own_[id] = printed_;
  show(line, now);
}

void ChatScreen::notice(std::string_view text) { print(rows_of_notice(text, terminal_size().columns)); }

void ChatScreen::quote(const std::string& line) {
  print(std::span(&line, 1));
  printed_ += (std::max<std::size_t>(cells_of(line), 1) - 1) / terminal_size().columns;
}

void ChatScreen::set_mark(const MessageId& id, ChatMark mark) {
  const auto own = own_.find(id);
  if (own == own_.end()) return;
  editor_.print_cell(printed_ - own->second, kChatMarkCell, text_of(mark));
  if (mark != ChatMark::sent) own_.erase(own);
}

void ChatScreen::resized() {
  own_.clear();
  editor_.redraw();
}

}  // namespace taut::cli
