#pragma once
// The patterns of Noise rev 34 in its own notation: one-way (§7.4), fundamental (§7.5), deferred (§18.1).

#include "noise/pattern.hpp"

namespace taut::noise {

struct PatternRow {
  std::string_view name;
  std::string_view initiator_pre;
  std::string_view responder_pre;
  std::string_view messages;
};

inline constexpr std::array kPatternRows{
    PatternRow{"N", "", "s", "e, es"},
    PatternRow{"K", "s", "s", "e, es, ss"},
    PatternRow{"X", "", "s", "e, es, s, ss"},

    PatternRow{"NN", "", "", "e; e, ee"},
    PatternRow{"NK", "", "s", "e, es; e, ee"},
    PatternRow{"NX", "", "", "e; e, ee, s, es"},
    PatternRow{"KN", "s", "", "e; e, ee, se"},
    PatternRow{"KK", "s", "s", "e, es, ss; e, ee, se"},
    PatternRow{"KX", "s", "", "e; e, ee, se, s, es"},
    PatternRow{"XN", "", "", "e; e, ee; s, se"},
    PatternRow{"XK", "", "s", "e, es; e, ee; s, se"},
    PatternRow{"XX", "", "", "e; e, ee, s, es; s, se"},
    PatternRow{"IN", "", "", "e, s; e, ee, se"},
    PatternRow{"IK", "", "s", "e, es, s, ss; e, ee, se"},
    PatternRow{"IX", "", "", "e, s; e, ee, se, s, es"},

    PatternRow{"NK1", "", "s", "e; e, ee, es"},
    PatternRow{"NX1", "", "", "e; e, ee, s; es"},
    PatternRow{"X1N", "", "", "e; e, ee; s; se"},
    PatternRow{"X1K", "", "s", "e, es; e, ee; s; se"},
    PatternRow{"XK1", "", "s", "e; e, ee, es; s, se"},
    PatternRow{"X1K1", "", "s", "e; e, ee, es; s; se"},
    PatternRow{"X1X", "", "", "e; e, ee, s, es; s; se"},
    PatternRow{"XX1", "", "", "e; e, ee, s; es, s, se"},
    PatternRow{"X1X1", "", "", "e; e, ee, s; es, s; se"},
    PatternRow{"K1N", "s", "", "e; e, ee; se"},
    PatternRow{"K1K", "s", "s", "e, es; e, ee; se"},
    PatternRow{"KK1", "s", "s", "e; e, ee, se, es"},
    PatternRow{"K1K1", "s", "s", "e; e, ee, es; se"},
    PatternRow{"K1X", "s", "", "e; e, ee, s, es; se"},
    PatternRow{"KX1", "s", "", "e; e, ee, se, s; es"},
    PatternRow{"K1X1", "s", "", "e; e, ee, s; se, es"},
    PatternRow{"I1N", "", "", "e, s; e, ee; se"},
    PatternRow{"I1K", "", "s", "e, es, s; e, ee; se"},
    PatternRow{"IK1", "", "s", "e, s; e, ee, se, es"},
    PatternRow{"I1K1", "", "s", "e, s; e, ee, es; se"},
    PatternRow{"I1X", "", "", "e, s; e, ee, s, es; se"},
    PatternRow{"IX1", "", "", "e, s; e, ee, se, s; es"},
    PatternRow{"I1X1", "", "", "e, s; e, ee, s; se, es"},
};

namespace table {

constexpr Token token_of(std::string_view name) {
  constexpr std::array<std::string_view, 6> kNames{"e", "s", "ee", "es", "se", "ss"};
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) std::unreachable();  // not a constant expression: refused by the compiler
  return static_cast<Token>(found - kNames.begin());
}

/// The text before the separator, which goes with it.
constexpr std::string_view take(std::string_view& text, std::string_view separator) {
  const std::string_view first = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(text.size(), first.size() + separator.size()));
  return first;
}

template <class List>
constexpr List tokens_of(std::string_view text) {
  List list;
  while (!text.empty()) list.push_back(token_of(take(text, ", ")));
  return list;
}

constexpr HandshakePattern pattern_of(const PatternRow& row) {
  HandshakePattern pattern{
      tokens_of<PreMessagePattern>(row.initiator_pre), tokens_of<PreMessagePattern>(row.responder_pre), {}};
  for (std::string_view messages = row.messages; !messages.empty();)
    pattern.messages.push_back(tokens_of<MessagePattern>(take(messages, "; ")));
  return pattern;
}

constexpr auto patterns() {
  std::array<HandshakePattern, kPatternRows.size()> out{};
  std::ranges::transform(kPatternRows, out.begin(), [](const PatternRow& row) { return pattern_of(row); });
  return out;
}

constexpr auto names() {
  std::array<std::string_view, kPatternRows.size()> out{};
  std::ranges::transform(kPatternRows, out.begin(), &PatternRow::name);
  return out;
}

}  // namespace table

inline constexpr auto kPatterns = table::patterns();
inline constexpr auto kPatternNames = table::names();

}  // namespace taut::noise
