#pragma once
// How a chat looks on a terminal: rows no wider than it, with time, name and text each in a column.

#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace taut::cli {

/// From here on wide and combining characters are known for what they are (setlocale(3)); the terminal is
/// taken to be one for UTF-8, as everything else that the command prints.
void use_wide_characters();

/// Cells that a character takes; 0: it combines with the one before.
std::size_t cells_of(char32_t character);
std::size_t cells_of(std::string_view text);

/// Words, none wider than `cells`: cut between them where it can be, within them where it must be.
/// @param text  as shown(), or as it was typed: control characters become replacement characters
std::vector<std::string> wrapped(std::string_view text, std::size_t cells);

/// Exactly so many cells: cut with an ellipsis, or filled with spaces.
std::string fitted(std::string_view text, std::size_t cells);

/// What is known of the delivery of one's own message, and the order of somebody else's.
enum class ChatMark { none, sent, in_log, acknowledged, unsent, late };

struct ChatLine {
  std::optional<WallTime> at;
  ChatMark mark = ChatMark::none;
  bool goes = false;  ///< it expires
  std::string name;
  bool is_verified = false;
  std::string text;  ///< anybody's
};

/// Where a row has its mark.
inline constexpr std::size_t kChatMarkCell = 5;
std::string text_of(ChatMark mark);

/// `09:15›  alice✓     hello`; a time of another day is its date.
/// @param now  for today's date, in local time, as all of it
std::vector<std::string> rows_of(const ChatLine& line, WallTime now, std::size_t columns);
/// `-- bob joined`
std::vector<std::string> rows_of_notice(std::string_view text, std::size_t columns);

}  // namespace taut::cli
