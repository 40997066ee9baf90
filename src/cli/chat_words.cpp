#include "cli/chat_words.hpp"

#include "base/utf8.hpp"

namespace taut::cli {
namespace {

std::string text_in(const node::TopicMessage& message) {
  if (message.type == topic::ContentType::text && is_utf8(message.body))
    return std::string(as_text(message.body));
  return "(" + counted(message.body.size(), "byte") + " that are no text)";
}

bool is_verified(Names& names, const NodeId& node) {
  return names.of(node).verification == node::Verification::verified;
}

/// By what name to say yes: the one in the card, unless it would look like something else.
std::string handle_of(const node::TopicHappening& introduced) {
  const std::string& name = introduced.detail;
  const bool is_plain = !name.empty() && is_utf8_line(as_bytes(name)) && name.find('"') == std::string::npos;
  return is_plain ? quoted(name) : to_text(*introduced.who);
}

std::string addition(const node::TopicHappening& happening, Names& names, const NodeId& own) {
  if (!happening.who) return "";
  if (happening.what == node::TopicNotice::introduced) {
    const std::string who = handle_of(happening);
    return ": /accept " + who + " or /decline " + who;
  }
  const bool is_other = *happening.who != own;
  if (happening.what == node::TopicNotice::joined && is_other && !is_verified(names, *happening.who))
    return " (not verified)";
  return "";
}

}  // namespace

ChatLine line_of(const node::TopicMessage& message, Names& names) {
  ChatLine line;
  line.at = message.said_at;
  if (message.delivery == topic::Delivery::late) line.mark = ChatMark::late;
  line.goes = message.expires.count() != 0;
  line.name = names.text_of(message.from);
  line.is_verified = is_verified(names, message.from);
  line.text = text_in(message);
  return line;
}

std::string notice_of(const node::TopicItem& item, Names& names, const NodeId& own) {
  std::string text = text_of(item, names, own);
  text.pop_back();  // the line's end
  if (text.starts_with("-- ")) text.erase(0, 3);
  const auto* const happening = std::get_if<node::TopicHappening>(&item.what);
  return happening == nullptr ? text : text + addition(*happening, names, own);
}

std::string members_in_words(const topic::Topic& topic, Names& names, const NodeId& own) {
  std::string words = "you";
  for (const topic::Member& member : topic.members())
    if (member.node_id != own)
      words += ", " + names.text_of(member.node_id) + (is_verified(names, member.node_id) ? "✓" : "");
  return words;
}

std::vector<std::string> lines_of_members(const topic::Topic& topic, Names& names, const NodeId& own) {
  std::vector<std::string> lines;
  for (const topic::Member& member : topic.members()) {
    const bool is_own = member.node_id == own;
    const Names::Name name = names.of(member.node_id);
    std::string line = is_own ? "you" : name.petname.value_or("(no contact)");
    if (!is_own) line += name.verification == node::Verification::verified ? "✓" : " (not verified)";
    lines.push_back(line + " " + to_text(member.node_id));
  }
  return lines;
}

std::vector<std::string_view> chat_help() {
  return {"/who: who is here",
          "/invite [--uses N] [--expires TIME] | --pair SECONDS | --open: a link to let somebody in",
          "/accept WHO, /decline WHO: answer whoever asks to be let in",
          "/remove WHO [--bar]",
          "/set expires=1d, /set expires=never, /set name=TEXT: for everybody",
          "/leave; /quit or Ctrl-D: back to the shell, still in the topic",
          "Each is taut topic … with the topic's name. //text says /text.",
          "Your lines: · on its way, › in the log, » acknowledged by all, ! not sent",
          "Others': ✓ verified contact, ~ late. *: it goes; what stands on a screen stays there"};
}

Outcome<std::vector<std::string>> words_of(std::string_view line) {
  std::vector<std::string> words;
  bool is_quoted = false, is_in_word = false;
  for (const char c : line) {
    if (c == '"') {
      is_quoted = !is_quoted;
      if (!std::exchange(is_in_word, true)) words.emplace_back();
    } else if (c == ' ' && !is_quoted) {
      is_in_word = false;
    } else {
      if (!std::exchange(is_in_word, true)) words.emplace_back();
      words.back() += c;
    }
  }
  if (!is_quoted) return words;
  return failure(ExitCode::usage, "open_quote", "A quote is opened and not closed", "Type it again");
}

std::string quoted(const std::string& word) {
  return word.find(' ') == std::string::npos ? word : "\"" + word + "\"";
}

}  // namespace taut::cli
