#pragma once
// A file of which the disk has one state and the process sees another; for forgetful_vfs.cpp only.

#include <sqlite3.h>

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace taut::test {

class ForgetfulFile {
 public:
  explicit ForgetfulFile(std::string path) : path_(std::move(path)) {}
  ForgetfulFile(const ForgetfulFile&) = delete;
  ForgetfulFile& operator=(const ForgetfulFile&) = delete;
  ~ForgetfulFile();

  /// @return  false: another process has it
  bool lock();

  int read(sqlite3_file* disk, char* to, std::size_t size, std::uint64_t offset);
  int write(sqlite3_file* disk, const char* from, std::size_t size, std::uint64_t offset);
  int truncate(sqlite3_file* disk, std::uint64_t size);
  std::uint64_t size() const { return size_; }
  bool is_on_disk() const { return on_disk_ > 0; }
  /// What the process sees becomes what the disk has.
  int flush(sqlite3_file* disk);
  /// The disk has so much of it.
  void opened(std::uint64_t size_on_disk);

  std::mutex mutex;  ///< held around every call
  int handles = 0;   ///< how many have it open

 private:
  static constexpr std::uint64_t kBlockBytes = 512;
  using Block = std::array<char, kBlockBytes>;

  int load(sqlite3_file* disk, char* to, std::size_t size, std::uint64_t offset) const;
  int block_at(sqlite3_file* disk, std::uint64_t index, Block** block);

  std::string path_;
  int lock_ = -1;
  std::map<std::uint64_t, Block> unsynced_;
  std::uint64_t size_ = 0;     ///< as the process sees it
  std::uint64_t on_disk_ = 0;  ///< so much of the disk's content still counts
};

}  // namespace taut::test
