#include "support/forgetful_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

namespace taut::test {

ForgetfulFile::~ForgetfulFile() {
  if (lock_ >= 0) ::close(lock_);
}

bool ForgetfulFile::lock() {
  if (lock_ >= 0) return true;
  lock_ = ::open((path_ + "-forgetful").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  for (int tries = 0; tries < 500; ++tries) {
    if (::flock(lock_, LOCK_EX | LOCK_NB) == 0) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  ::close(std::exchange(lock_, -1));
  return false;
}

void ForgetfulFile::opened(std::uint64_t size_on_disk) { size_ = on_disk_ = size_on_disk; }

/// What the disk has, zeros behind its end.
int ForgetfulFile::load(sqlite3_file* disk, char* to, std::size_t size, std::uint64_t offset) const {
  std::memset(to, 0, size);
  if (offset >= on_disk_) return SQLITE_OK;
  const auto there = static_cast<int>(std::min<std::uint64_t>(size, on_disk_ - offset));
  return disk->pMethods->xRead(disk, to, there, static_cast<sqlite3_int64>(offset));
}

int ForgetfulFile::block_at(sqlite3_file* disk, std::uint64_t index, Block** block) {
  const auto [entry, is_new] = unsynced_.try_emplace(index);
  *block = &entry->second;
  return is_new ? load(disk, entry->second.data(), kBlockBytes, index * kBlockBytes) : SQLITE_OK;
}

int ForgetfulFile::read(sqlite3_file* disk, char* to, std::size_t size, std::uint64_t offset) {
  if (const int code = load(disk, to, size, offset); code != SQLITE_OK) return code;
  const std::uint64_t end = offset + size;
  for (auto at = unsynced_.lower_bound(offset / kBlockBytes); at != unsynced_.end(); ++at) {
    const std::uint64_t start = at->first * kBlockBytes;
    if (start >= end) break;
    const std::uint64_t from = std::max(start, offset);
    const std::uint64_t until = std::min(start + kBlockBytes, end);
    std::memcpy(to + (from - offset), at->second.data() + (from - start), until - from);
  }
  if (end <= size_) return SQLITE_OK;
  const std::uint64_t seen = size_ > offset ? size_ - offset : 0;
  std::memset(to + seen, 0, size - seen);
  return SQLITE_IOERR_SHORT_READ;
}

int ForgetfulFile::write(sqlite3_file* disk, const char* from, std::size_t size, std::uint64_t offset) {
  for (std::uint64_t at = offset; at < offset + size;) {
    Block* block = nullptr;
    const std::uint64_t index = at / kBlockBytes;
    if (const int code = block_at(disk, index, &block); code != SQLITE_OK) return code;
    const std::uint64_t until = std::min((index + 1) * kBlockBytes, offset + size);
    std::memcpy(block->data() + at % kBlockBytes, from + (at - offset), until - at);
    at = until;
  }
  size_ = std::max(size_, offset + size);
  return SQLITE_OK;
}

int ForgetfulFile::truncate(sqlite3_file* disk, std::uint64_t size) {
  unsynced_.erase(unsynced_.lower_bound((size + kBlockBytes - 1) / kBlockBytes), unsynced_.end());
  if (size % kBlockBytes != 0) {
    Block* block = nullptr;
    if (const int code = block_at(disk, size / kBlockBytes, &block); code != SQLITE_OK) return code;
    std::fill(block->begin() + static_cast<std::ptrdiff_t>(size % kBlockBytes), block->end(), '\0');
  }
  size_ = size;
  on_disk_ = std::min(on_disk_, size);
  return SQLITE_OK;
}

int ForgetfulFile::flush(sqlite3_file* disk) {
  const auto& io = *disk->pMethods;
  if (const int code = io.xTruncate(disk, static_cast<sqlite3_int64>(on_disk_)); code != SQLITE_OK)
    return code;
  for (const auto& [index, block] : unsynced_) {
    const std::uint64_t start = index * kBlockBytes;
    const auto size = static_cast<int>(std::min(kBlockBytes, size_ - start));
    const int code = io.xWrite(disk, block.data(), size, static_cast<sqlite3_int64>(start));
    if (code != SQLITE_OK) return code;
  }
  unsynced_.clear();
  if (const int code = io.xTruncate(disk, static_cast<sqlite3_int64>(size_)); code != SQLITE_OK) return code;
  on_disk_ = size_;
  return SQLITE_OK;
}

}  // namespace taut::test
