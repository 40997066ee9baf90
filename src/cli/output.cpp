#include "cli/output.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace taut::cli {
namespace {

/// @return 0, or the system's error number
int write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) return errno;
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

}  // namespace

void hold_standard_descriptors() {
  for (int descriptor = 0; descriptor <= 2; ++descriptor) {
    if (::fcntl(descriptor, F_GETFD) != -1 || errno != EBADF) continue;
    // Opened the wrong way round, so that using it still fails. The lowest free number is this one.
    const int mode = descriptor == 0 ? O_WRONLY : O_RDONLY;
    if (::open("/dev/null", mode) != descriptor) ::_exit(static_cast<int>(ExitCode::storage));
  }
}

Done Output::print(std::string_view data) const {
  const int error = write_all(data_, data);
  if (error == 0) return {};
  return failure(
      ExitCode::storage, error == EPIPE || error == EBADF ? "stdout_closed" : "stdout_failed",
      std::string("Cannot write to standard output (") + std::strerror(error) + ")",
      "Nothing is marked as shown that was not printed: mend the output and run the command again");
}

void Output::say(std::string_view line) const {
  if (!is_json()) write_all(talk_, std::string(line) + "\n");
}

void Output::report(const Failure& failure) const {
  write_all(talk_, is_json() ? to_json(failure) : to_text(failure));
}

std::size_t Output::terminal_columns() const {
  winsize size{};
  if (::isatty(data_) == 0 || ::ioctl(data_, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col;
}

}  // namespace taut::cli
