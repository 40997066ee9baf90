#include "cli/file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace taut::cli {
namespace {

/// A descriptor that is closed when it goes.
struct Descriptor {
  int number;
  explicit Descriptor(int opened) : number(opened) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number > STDERR_FILENO) ::close(number);
  }
};

std::unexpected<Failure> file_failure(const std::string& verb, const std::string& path, int error) {
  const std::string what = "Cannot " + verb + " '" + path + "' (" + std::strerror(error) + ")";
  if (error == EEXIST)
    return failure(ExitCode::usage, "file_exists", "There is a file '" + path + "' already",
                   "Give another name: nothing is overwritten");
  if (error == ENOENT && verb == "read")
    return failure(ExitCode::not_found, "no_file", "There is no file '" + path + "'", "Check its name");
  return failure(ExitCode::storage, "file_failed", what,
                 "Give another file, or - for standard input and output");
}

/// @return 0, or the system's error number
int write_all(int descriptor, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) return errno;
    if (written > 0) bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return 0;
}

}  // namespace

Outcome<Bytes> read_file(const std::string& path, std::size_t size_max) {
  const Descriptor file(path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number < 0) return file_failure("read", path, errno);
  Bytes bytes;
  constexpr std::size_t kPieceBytes = 64 * 1024;
  for (;;) {
    const std::size_t filled = bytes.size();
    bytes.resize(filled + kPieceBytes);
    const ssize_t size = ::read(file.number, bytes.data() + filled, kPieceBytes);
    bytes.resize(filled + (size > 0 ? static_cast<std::size_t>(size) : 0));
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return file_failure("read", path, errno);
    if (size == 0) return bytes;
    if (bytes.size() > size_max)
      return failure(ExitCode::usage, "too_large", "'" + path + "' is larger than it could be",
                     "Check that it is the right file");
  }
}

Done write_new_file(const std::string& path, ByteView bytes) {
  const bool is_file = path != "-";
  const Descriptor file(is_file ? ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)
                                : STDOUT_FILENO);
  if (file.number < 0) return file_failure("write", path, errno);
  int error = write_all(file.number, bytes);
  if (error == 0 && is_file && ::fsync(file.number) != 0) error = errno;
  if (error == 0) return {};
  if (is_file) ::unlink(path.c_str());  // half a file is worse than none
  return file_failure("write", path, error);
}

}  // namespace taut::cli
