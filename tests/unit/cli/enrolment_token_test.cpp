#include "cli/enrolment_token.hpp"

#include <doctest/doctest.h>

#include "support/seeded_random.hpp"

namespace taut::cli {
namespace {

TEST_CASE("a token reads back, blanks around it do no harm, every slip is caught") {
  test::SeededRandom random(1);
  const auto token = random.make<EnrolmentToken>();
  const std::string text = to_text(token);
  CHECK(text.starts_with("tautenrol1"));
  CHECK(enrolment_token_from_text(" \t" + text + "\r\n")->equals(token));
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string slip = text;
    slip[at] = slip[at] == 'q' ? 'p' : 'q';
    CHECK(enrolment_token_from_text(slip).error().reason == "bad_token");
    CHECK_FALSE(enrolment_token_from_text(text.substr(0, at)));
  }
  for (const char* other : {"", " ", "tautenrol1", "taut1qqqq", "hello"})
    CHECK_FALSE(enrolment_token_from_text(other));
}

}  // namespace
}  // namespace taut::cli
