#include "cli/revocation_file.hpp"

#include <sstream>

#include "cli/file.hpp"
#include "cli/text.hpp"
#include "identity/card_text.hpp"

namespace taut::cli {
namespace {

constexpr std::size_t kRevocationFileBytesMax = 64 * 1024;

std::string without_comments(const std::string& text) {
  std::istringstream in(text);
  std::string kept;
  for (std::string line; std::getline(in, line);)
    if (!line.starts_with('#')) kept += line + "\n";
  return kept;
}

}  // namespace

Done write_revocation(const std::string& file, const identity::SignedCard& revocation,
                      const std::string& name) {
  std::string text = "# The end of " + shown(name) + ", " + to_text(revocation.node_id()) + ".\n";
  text +=
      "# Keep it apart from the device, on paper perhaps. Whoever has it can end this identity, and no "
      "more.\n";
  text += "# When the device is lost or the key is stolen, from any other node: taut revoke FILE\n";
  text += to_text(revocation) + "\n";
  return write_new_file(file, as_bytes(text));
}

Outcome<identity::SignedCard> read_revocation(const std::string& file) {
  TAUT_TRY(const Bytes bytes, read_file(file, kRevocationFileBytesMax));
  TAUT_TRY(identity::SignedCard card, card_from_link(without_comments(std::string(as_text(bytes)))));
  if (!card.revocation())
    return failure(ExitCode::usage, "not_a_revocation", "'" + file + "' is a link, and revokes nothing",
                   "Take the file that taut init made, or make one: taut revoke --make FILE");
  return card;
}

}  // namespace taut::cli
