#include "cli/home.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace taut::cli {
namespace {

std::string quoted(const std::filesystem::path& path) { return "'" + path.string() + "'"; }

std::string octal(mode_t mode) {
  std::string digits;
  for (int shift = 9; shift >= 0; shift -= 3) digits += static_cast<char>('0' + (mode >> shift & 7));
  return digits;
}

std::optional<std::filesystem::path> folder_of(const char* variable) {
  const char* const value = std::getenv(variable);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

Done make_folders(const std::filesystem::path& folder) {
  std::error_code ignored;
  if (folder.has_parent_path()) std::filesystem::create_directories(folder.parent_path(), ignored);
  if (::mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return failure(ExitCode::storage, "cannot_create",
                 "Cannot create the folder " + quoted(folder) + " (" + std::strerror(errno) + ")",
                 "Name another with --home DIR or TAUT_HOME");
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

Done check_home(const Home& home) {
  struct stat found{};
  if (::stat(home.folder.c_str(), &found) != 0) {
    if (errno == ENOENT)
      return failure(ExitCode::not_found, "no_identity", "There is no identity in " + quoted(home.folder),
                     "Make one: taut init");
    return failure(ExitCode::storage, "cannot_read",
                   "Cannot look at the folder " + quoted(home.folder) + " (" + std::strerror(errno) + ")",
                   "Name another with --home DIR or TAUT_HOME");
  }
  if (!S_ISDIR(found.st_mode))
    return failure(ExitCode::storage, "not_a_folder", quoted(home.folder) + " is not a folder",
                   "Name another with --home DIR or TAUT_HOME");
  if (found.st_uid != ::geteuid())
    return failure(ExitCode::storage, "not_ours",
                   "The folder " + quoted(home.folder) + " belongs to another user",
                   "Run taut as that user, or name another folder with --home DIR");
  if ((found.st_mode & 077) != 0)
    return failure(
        ExitCode::storage, "loose_mode",
        "Others may enter the folder " + quoted(home.folder) + " (mode " + octal(found.st_mode & 07777) + ")",
        "Close it: chmod 700 " + quoted(home.folder));
  return {};
}

Done make_home(const Home& home) {
  TAUT_CHECK(make_folders(home.folder));
  return check_home(home);
}

}  // namespace taut::cli
