#pragma once
// What happens in a topic, in the words of a chat.

#include "cli/chat_layout.hpp"
#include "cli/topic_text.hpp"
#include "topic/topic.hpp"

namespace taut::cli {

ChatLine line_of(const node::TopicMessage& message, Names& names);
/// Without the `--` before it; with what to type where there is something to decide.
/// @param own  this node, which is "you"
std::string notice_of(const node::TopicItem& item, Names& names, const NodeId& own);

/// `you, alice✓, taut1qqqqqqq…`
std::string members_in_words(const topic::Topic& topic, Names& names, const NodeId& own);
/// A line for each participant, with its whole node ID.
std::vector<std::string> lines_of_members(const topic::Topic& topic, Names& names, const NodeId& own);

/// What can be typed, and what the marks mean.
std::vector<std::string_view> chat_help();

/// The words of a line that begins with a slash, without it. Quotes hold words together.
/// @errors usage (open_quote)
Outcome<std::vector<std::string>> words_of(std::string_view line);
/// A word as words_of() reads it back.
std::string quoted(const std::string& word);

}  // namespace taut::cli
