#pragma once
// What a chat shows: lines above the one that is typed, and marks in lines that are still in sight.

#include <map>

#include "base/ids.hpp"
#include "cli/chat_editor.hpp"
#include "cli/chat_layout.hpp"

namespace taut::cli {

class ChatScreen {
 public:
  explicit ChatScreen(LineEditor& editor) : editor_(editor) {}

  void show(const ChatLine& line, WallTime now);
  /// The same, of one's own message, whose mark will change.
  void show_own(const MessageId& id, const ChatLine& line, WallTime now);
  void notice(std::string_view text);
  /// A line to be copied: the terminal breaks it, not we.
  void quote(const std::string& line);
  /// Nothing where the line is out of sight.
  void set_mark(const MessageId& id, ChatMark mark);
  /// The terminal has another size: what is above may stand anywhere.
  void resized();

 private:
  void print(std::span<const std::string> rows);

  LineEditor& editor_;
  std::size_t printed_ = 0;               ///< rows, so far
  std::map<MessageId, std::size_t> own_;  ///< the row of each, counted alike
};

}  // namespace taut::cli
