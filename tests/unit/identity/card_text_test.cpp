#include "identity/card_text.hpp"

#include <doctest/doctest.h>

#include "support/people.hpp"

using namespace taut;
using namespace taut::identity;
using namespace taut::test;

namespace {
SignedCard bobs_card() {
  const Identity bob = person(1);
  return SignedCard::sign(card_of(bob, person(2)), bob.signature_key()).value();
}
}  // namespace

TEST_CASE("a link is the whole card, also when it was broken into lines") {
  const SignedCard card = bobs_card();
  std::string text = to_text(card);
  CHECK(text.starts_with("taut:"));
  CHECK(card_from_text(text).value() == card);
  text.insert(40, "\r\n  ");
  CHECK(card_from_text(" " + text + "\n").value() == card);
}

TEST_CASE("a link that ends early is told from a wrong one, at every length") {
  const std::string text = to_text(bobs_card());
  for (std::size_t size = 0; size < text.size(); ++size) {
    CAPTURE(size);
    CHECK(card_from_text(std::string_view(text).substr(0, size)).error().reason == reasons::kLinkCut);
  }
}

TEST_CASE("a changed character is never taken for a cut end of the signature") {
  const std::string text = to_text(bobs_card());
  for (std::size_t i = 12; i < text.size(); ++i) {  // behind scheme, format and length
    CAPTURE(i);
    std::string changed = text;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    if (changed == text) continue;
    CHECK_FALSE(card_from_text(changed).has_value());
  }
  std::string changed = text;
  changed[60] = changed[60] == 'A' ? 'B' : 'A';
  CHECK(card_from_text(changed).error().reason == reasons::kLinkWrong);
}

TEST_CASE("other text is no link") {
  for (const std::string_view text :
       {"hello", "taut1qqqq", "TAUT:AAAA", "taut:ä", "taut:====", "https://example.org", "taut:AQ+/"})
    CHECK(card_from_text(text).error().reason == reasons::kLinkWrong);
  CHECK(card_from_text(to_text(bobs_card()) + "AAAA").error().reason == reasons::kLinkWrong);
  CHECK(card_from_text("taut:" + std::string(1'000'000, 'A')).error().reason == reasons::kLinkWrong);
  CHECK(card_from_text("taut:AQAA").error().reason == reasons::kLinkWrong);  // whole, and says nothing
}

TEST_CASE("a link from a later version says so") {
  std::string text = to_text(bobs_card());
  text[6] = text[6] == 'g' ? 'w' : 'g';  // format 2 or 3 for 1
  CHECK(card_from_text(text).error().code == Errc::incompatible);
}
