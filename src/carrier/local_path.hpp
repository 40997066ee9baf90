#pragma once
// Unix socket addresses are at most 107 bytes long; paths are not.

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace taut::carrier {

/// A short name for a file in a folder that may have a long one; holds as long as it lives.
class LocalPath {
 public:
  explicit LocalPath(const std::filesystem::path& file)
      : folder_(::open(std::filesystem::absolute(file).parent_path().c_str(), O_PATH | O_CLOEXEC)),
        name_("/proc/self/fd/" + std::to_string(folder_) + "/" + file.filename().string()) {}
  LocalPath(const LocalPath&) = delete;
  LocalPath& operator=(const LocalPath&) = delete;
  ~LocalPath() {
    if (folder_ >= 0) ::close(folder_);
  }

  bool is_there() const { return folder_ >= 0; }
  const std::string& name() const { return name_; }

 private:
  int folder_;
  std::string name_;
};

}  // namespace taut::carrier
