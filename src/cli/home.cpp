#include "cli/home.hpp"

#include <cstdlib>

namespace taut::cli {
namespace {

std::optional<std::filesystem::path> folder_of(const char* variable) {
  const char* const value = std::getenv(variable);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

}  // namespace

Outcome<Home> find_home(const std::optional<std::string>& given) {
  if (given && given->empty())
    return failure(ExitCode::usage, "no_home", "--home names no folder", "Give one: --home DIR");
  if (given) return Home{*given};
  if (const auto folder = folder_of("TAUT_HOME")) return Home{*folder};
  if (const auto data = folder_of("XDG_DATA_HOME"); data && data->is_absolute()) return Home{*data / "taut"};
  if (const auto user = folder_of("HOME")) return Home{*user / ".local/share/taut"};
  return failure(ExitCode::usage, "no_home",
                 "There is no folder for taut's state: TAUT_HOME and HOME are not set",
                 "Give one: --home DIR");
}

}  // namespace taut::cli
