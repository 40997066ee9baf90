#include "noise/pattern.hpp"

#include "noise/pattern_table.hpp"

namespace taut::noise {
namespace {

// §10.2: Alice's first message becomes a pre-message. What is left is Bob's to begin, so that in the
// canonical form that the processing rules assume the parties, and with them es and se, change places
// (§7.2).
Result<HandshakePattern> apply_fallback(HandshakePattern pattern) {
  const MessagePattern first = pattern.messages[0];
  const bool is_public = std::ranges::all_of(first, [](Token t) { return t == Token::e || t == Token::s; });
  if (!is_public || pattern.is_one_way() || !pattern.initiator_pre.empty())
    return fail(Errc::incompatible, reasons::kUnknownPattern);

  for (const Token token : first) pattern.initiator_pre.push_back(token);
  std::swap(pattern.initiator_pre, pattern.responder_pre);
  pattern.messages.remove_front();
  for (MessagePattern& message : pattern.messages) {
    for (Token& token : message) {
      if (token == Token::es)
        token = Token::se;
      else if (token == Token::se)
        token = Token::es;
    }
  }
  return pattern;
}

// §9.4: psk0 stands before the first message's tokens, pskN after those of the Nth message.
Result<HandshakePattern> apply_psk(HandshakePattern pattern, std::size_t position) {
  if (position > pattern.messages.size()) return fail(Errc::incompatible, reasons::kUnknownPattern);
  if (position == 0)
    pattern.messages[0].insert_front(Token::psk);
  else
    pattern.messages[position - 1].push_back(Token::psk);
  return pattern;
}

bool is_upper_or_digit(char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_lower_or_digit(char c) { return is_lower(c) || (c >= '0' && c <= '9'); }

bool is_modifier(std::string_view text) {
  return !text.empty() && is_lower(text[0]) && std::ranges::all_of(text, is_lower_or_digit);
}

/// The N of "pskN": one digit, for no pattern has ten messages.
bool is_psk(std::string_view modifier) {
  return modifier.size() == 4 && modifier.starts_with("psk") && !is_lower(modifier[3]);
}

Result<HandshakePattern> apply(HandshakePattern pattern, std::string_view modifier,
                               std::string_view previous) {
  if (modifier == "fallback") return apply_fallback(pattern);
  if (!is_psk(modifier)) return fail(Errc::incompatible, reasons::kUnknownPattern);
  // The order of psk modifiers does not matter, so §8.1 wants them sorted; twice the same says nothing.
  if (is_psk(previous) && previous >= modifier) return fail(Errc::malformed, reasons::kBadProtocolName);
  return apply_psk(pattern, static_cast<std::size_t>(modifier[3] - '0'));
}

}  // namespace

std::size_t HandshakePattern::count(Token token) const {
  std::size_t total = 0;
  for (const MessagePattern& message : messages)
    total += static_cast<std::size_t>(std::ranges::count(message, token));
  return total;
}

std::span<const std::string_view> pattern_names() { return kPatternNames; }

Result<HandshakePattern> handshake_pattern(std::string_view section) {
  const std::string_view base(section.begin(), std::ranges::find_if_not(section, is_upper_or_digit));
  std::string_view rest = section.substr(base.size());
  if (base.empty()) return fail(Errc::malformed, reasons::kBadProtocolName);

  const auto row = std::ranges::find(kPatternNames, base);
  if (row == kPatternNames.end() && rest.empty()) return fail(Errc::incompatible, reasons::kUnknownPattern);
  const bool is_known = row != kPatternNames.end();
  HandshakePattern pattern =
      is_known ? kPatterns[static_cast<std::size_t>(row - kPatternNames.begin())] : HandshakePattern{};

  std::string_view previous;
  while (!rest.empty()) {
    const std::string_view modifier = rest.substr(0, rest.find('+'));
    if (!is_modifier(modifier)) return fail(Errc::malformed, reasons::kBadProtocolName);
    if (!is_known) return fail(Errc::incompatible, reasons::kUnknownPattern);
    TAUT_TRY(pattern, apply(pattern, modifier, previous));
    previous = modifier;
    rest.remove_prefix(modifier.size());
    if (rest == "+") return fail(Errc::malformed, reasons::kBadProtocolName);
    if (!rest.empty()) rest.remove_prefix(1);
  }
  return pattern;
}

}  // namespace taut::noise
