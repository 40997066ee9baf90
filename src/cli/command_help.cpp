#include "cli/commands.hpp"
#include "cli/json.hpp"
#include "cli/version.hpp"

namespace taut::cli {

Done run(const HelpRequest& request, Context& context) {
  if (context.out.is_json()) return context.out.print(line_of({{"v", kJsonVersion}, {"help", request.text}}));
  return context.out.print(request.text);
}

Done run(const VersionRequest&, Context& context) {
  if (context.out.is_json()) return context.out.print(line_of({{"v", kJsonVersion}, {"version", kVersion}}));
  return context.out.print("taut " + std::string(kVersion) + "\n");
}

}  // namespace taut::cli
