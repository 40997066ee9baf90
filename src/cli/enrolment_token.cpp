#include "cli/enrolment_token.hpp"

#include "base/bech32m.hpp"

namespace taut::cli {
namespace {

constexpr std::string_view kPrefix = "tautenrol";
constexpr std::string_view kBlanks = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

}  // namespace

std::string to_text(const EnrolmentToken& token) { return bech32m::encode(kPrefix, token.expose()); }

Outcome<EnrolmentToken> enrolment_token_from_text(std::string_view text) {
  auto bytes = bech32m::decode(kPrefix, trimmed(text));
  if (!bytes || bytes->size() != EnrolmentToken::size_bytes)
    return failure(ExitCode::usage, "bad_token", "What came on standard input is no enrolment token",
                   "Take what `taut dispatcher enroll` printed, all of it: tautenrol1…");
  EnrolmentToken token{ByteView(*bytes).first<EnrolmentToken::size_bytes>()};
  wipe(*bytes);
  return token;
}

}  // namespace taut::cli
