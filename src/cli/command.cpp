#include "cli/command.hpp"

#include <csignal>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "run/log.hpp"

namespace taut::cli {
namespace {

Output output(std::span<const std::string> words) {
  return Output(asks_for_json(words) ? Output::Format::json : Output::Format::text);
}

/// What needs no folder works where none can be found.
bool needs_home(const Request& request) {
  return !std::holds_alternative<HelpRequest>(request) && !std::holds_alternative<VersionRequest>(request);
}

Done run_words(std::span<const std::string> words) {
  TAUT_TRY(const Arguments arguments, parse_arguments(words));
  if (arguments.globals.verbose) run::log_to_stderr();
  Context context{Output(arguments.globals.json ? Output::Format::json : Output::Format::text), {}, {}};
  if (needs_home(arguments.request)) {
    TAUT_TRY(context.home, find_home(arguments.globals.home));
  }
  return std::visit([&](const auto& request) { return run(request, context); }, arguments.request);
}

}  // namespace

int run_command(std::span<const std::string> words) {
  hold_standard_descriptors();
  // A broken pipe and a file that may not grow are errors of write(2), not ends of the process.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  const Done done = run_words(words);
  if (done) return static_cast<int>(ExitCode::ok);
  output(words).report(done.error());
  return static_cast<int>(done.error().exit);
}

}  // namespace taut::cli
