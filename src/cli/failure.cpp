#include "cli/failure.hpp"

#include "cli/json.hpp"
#include "cli/text.hpp"

namespace taut::cli {
namespace {

/// What somebody typed or sent may be quoted in it.
std::string sentence(const std::string& words) {
  return shown_on_one_line(words) + (words.ends_with('?') ? "" : ".");
}

}  // namespace

std::unexpected<Failure> failure_of(ExitCode exit, const Error& error, std::string what, std::string next) {
  return failure(exit, std::string(error.reason.name), std::move(what), std::move(next));
}

std::unexpected<Failure> failure_of(const Error& error, std::string what, std::string next) {
  return failure_of(exit_code_of(error), error, std::move(what), std::move(next));
}

std::string to_text(const Failure& failure) {
  std::string text = "taut: " + sentence(failure.what);
  if (!failure.next.empty()) text += " " + sentence(failure.next);
  return text + "\n";
}

std::string to_json(const Failure& failure) {
  return line_of({{"v", kJsonVersion},
                  {"error", name_of(failure.exit)},
                  {"reason", failure.reason},
                  {"exit", static_cast<int>(failure.exit)},
                  {"what", failure.what},
                  {"next", failure.next}});
}

}  // namespace taut::cli
