#include "cli/token_words.hpp"

#include "cli/context.hpp"

namespace taut::cli {

Done check_token_flag(const std::optional<std::string>& token, const std::string& link) {
  if (!token) return {};
  if (*token != "-")
    return failure(ExitCode::usage, "secret_in_argument",
                   "--token takes only -: others on this machine can read arguments",
                   "Give the token on standard input: printf %s TOKEN | taut ... --token -");
  if (link == "-")
    return failure(ExitCode::usage, "standard_input_twice",
                   "The link and the token cannot both come on standard input", "Give the link as a word");
  return {};
}

Outcome<SecretBytes> read_token(const std::optional<std::string>& token) {
  if (!token) return SecretBytes();
  std::string text = read_standard_input();
  auto read = enrolment_token_from_text(text);
  wipe({reinterpret_cast<Byte*>(text.data()), text.size()});
  if (!read) return std::unexpected(read.error());
  return SecretBytes(ByteView(read->expose()));
}

}  // namespace taut::cli
