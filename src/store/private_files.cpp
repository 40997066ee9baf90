#include "store/private_files.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <thread>

namespace taut::store {

namespace fs = std::filesystem;

namespace {

constexpr mode_t kOthersBits = 077;
constexpr mode_t kFolderMode = 0700;
constexpr mode_t kFileMode = 0600;

/// For a shell: plain where that is safe, in single quotes elsewhere.
std::string quoted(const fs::path& path) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+,:@";
  const std::string text = path.string();
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) return text;
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "'\\''" : std::string(1, c);
  return out + "'";
}

std::unexpected<Failure> system_failure(const char* what, const fs::path& path, int number) {
  Failure failure{{Errc::unavailable, reasons::kStorage}, {}, {}};
  failure.text = std::string(what) + " " + path.string() + ": " + std::strerror(number);
  if (number == ENOSPC || number == EDQUOT) {
    failure.error = {Errc::exhausted, reasons::kDiskFull};
    failure.next = "free some space there and try again";
  } else if (number == EROFS || number == EACCES || number == EPERM) {
    failure.error.reason = reasons::kReadOnly;
    failure.next = "run: ls -ld " + quoted(path.parent_path());
  } else {
    failure.next = "use another folder (--home DIR or TAUT_HOME)";
  }
  return std::unexpected(std::move(failure));
}

std::optional<struct stat> status_of(const fs::path& path, int flags) {
  struct stat status{};
  if (::fstatat(AT_FDCWD, path.c_str(), &status, flags) != 0) return std::nullopt;
  return status;
}

Opened<void> check_owner_and_mode(const fs::path& path, const struct stat& status, const char* mode) {
  if (status.st_uid != ::geteuid()) {
    return std::unexpected(Failure{{Errc::unavailable, reasons::kOtherOwner},
                                   path.string() + " belongs to user " + std::to_string(status.st_uid) +
                                       ", and this runs as user " + std::to_string(::geteuid()),
                                   "run: chown " + std::to_string(::geteuid()) + " " + quoted(path)});
  }
  if ((status.st_mode & kOthersBits) != 0) {
    return std::unexpected(Failure{{Errc::unavailable, reasons::kLooseModes},
                                   path.string() + " is open to other users",
                                   std::string("run: chmod ") + mode + " " + quoted(path)});
  }
  return {};
}

/// A name is durable when its folder is.
bool sync_folder(const fs::path& folder) {
  const int descriptor = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool synced = ::fsync(descriptor) == 0;
  ::close(descriptor);
  return synced;
}

}  // namespace

Opened<void> ensure_private_folder(const fs::path& folder) {
  const fs::path absolute = fs::absolute(folder).lexically_normal();
  const fs::path path = absolute.has_filename() ? absolute : absolute.parent_path();
  if (!status_of(path, 0) && errno == ENOENT) {
    const fs::path parent = path.parent_path();
    if (!status_of(parent, 0) && errno == ENOENT) {
      if (auto made = ensure_private_folder(parent); !made) return made;
    }
    if (::mkdir(path.c_str(), kFolderMode) != 0 && errno != EEXIST)
      return system_failure("cannot make", path, errno);
    if (!sync_folder(parent)) return system_failure("cannot sync", parent, errno);
  }
  const auto status = status_of(path, 0);
  if (!status) return system_failure("cannot look at", path, errno);
  if (!S_ISDIR(status->st_mode)) return system_failure("cannot use", path, ENOTDIR);
  return check_owner_and_mode(path, *status, "700");
}

Opened<void> check_private_file(const fs::path& file) {
  const auto status = status_of(file, AT_SYMLINK_NOFOLLOW);
  if (!status && errno == ENOENT) return {};
  if (!status) return system_failure("cannot look at", file, errno);
  if (!S_ISREG(status->st_mode)) {
    return std::unexpected(Failure{{Errc::unavailable, reasons::kNotADatabase},
                                   file.string() + " is not a regular file",
                                   "run: ls -l " + quoted(file)});
  }
  return check_owner_and_mode(file, *status, "600");
}

Opened<void> ensure_private_file(const fs::path& file) {
  // Never opened when it is there: closing a file drops this process's POSIX locks on it, SQLite's too.
  if (status_of(file, AT_SYMLINK_NOFOLLOW)) return check_private_file(file);
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kFileMode);
  if (descriptor < 0 && errno != EEXIST) return system_failure("cannot make", file, errno);
  if (descriptor >= 0) {
    const bool synced = ::fchmod(descriptor, kFileMode) == 0 && ::fsync(descriptor) == 0;
    const int number = errno;
    ::close(descriptor);
    if (!synced) return system_failure("cannot sync", file, number);
    if (!sync_folder(file.parent_path())) return system_failure("cannot sync", file.parent_path(), errno);
  }
  return check_private_file(file);
}

Opened<FileLock> FileLock::take(const fs::path& file) {
  if (auto made = ensure_private_file(file); !made) return std::unexpected(std::move(made).error());
  const int descriptor = ::open(file.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC);
  if (descriptor < 0) return system_failure("cannot open", file, errno);
  FileLock lock(descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno != EWOULDBLOCK) return system_failure("cannot lock", file, errno);
  return std::unexpected(Failure{{Errc::unavailable, reasons::kLocked},
                                 "another process uses " + file.parent_path().string(),
                                 "stop it, or use another folder (TAUT_HOME)"});
}

Opened<FileLock> FileLock::take_folder(const fs::path& folder, std::chrono::milliseconds patience) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return system_failure("cannot open", folder, errno);
  FileLock lock(descriptor);
  constexpr std::chrono::milliseconds kPause{5};
  for (auto waited = kPause * 0; ::flock(descriptor, LOCK_EX | LOCK_NB) != 0; waited += kPause) {
    if (errno != EWOULDBLOCK) return system_failure("cannot lock", folder, errno);
    if (waited >= patience) {
      return std::unexpected(Failure{
          {Errc::unavailable, reasons::kBusy}, "another process is busy in " + folder.string(), "try again"});
    }
    std::this_thread::sleep_for(kPause);
  }
  return lock;
}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace taut::store
