#include "support/crash_disk.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "support/crash_vfs.hpp"
#include "support/folder.hpp"

namespace taut::test {

namespace fs = std::filesystem;

/// A file whatever its names: what is surely on the disk.
struct CrashDisk::File {
  std::string durable;
};

struct CrashDisk::Change {
  enum class Kind : std::uint8_t { write, truncate, link, unlink };

  Kind kind;
  std::shared_ptr<File> file;
  std::size_t at = 0;  ///< where it is written, or the size it is cut to
  std::string bytes;
  std::string name;  ///< of link and unlink

  bool is_of_names() const { return kind == Kind::link || kind == Kind::unlink; }

  std::size_t sectors() const {
    if (kind != Kind::write) return 1;
    return (at + bytes.size() + kSectorBytes - 1) / kSectorBytes - at / kSectorBytes;
  }
  void apply(std::string& content, std::size_t sectors_kept) const {
    if (sectors_kept == 0) return;
    if (kind == Kind::truncate) return content.resize(at);
    const std::size_t end = (at / kSectorBytes + sectors_kept) * kSectorBytes;
    const std::size_t size = std::min(bytes.size(), end - at);
    if (content.size() < at + size) content.resize(at + size);
    std::memcpy(content.data() + at, bytes.data(), size);
  }
};

CrashDisk::CrashDisk(const fs::path& folder)
    : folder_(folder.string() + "/"), real_(sqlite3_vfs_find(nullptr)), vfs_(make_crash_vfs(*this, *real_)) {}

CrashDisk::~CrashDisk() {
  sqlite3_vfs_unregister(vfs_.get());
  sqlite3_vfs_register(real_, 1);
}

std::string CrashDisk::name_of(const std::string& path) const { return path.substr(folder_.size()); }

bool CrashDisk::holds(const char* path) const {
  return path != nullptr && std::string_view(path).starts_with(folder_);
}

std::size_t CrashDisk::pending_count() const { return pending_.size(); }

std::size_t CrashDisk::pending_sectors(std::size_t index) const { return pending_[index].sectors(); }

void CrashDisk::fail(Fault fault, std::size_t after) {
  fault_ = fault;
  fault_after_ = after;
  has_failed_ = false;
}

bool CrashDisk::fails(Fault kind) {
  if (fault_ != kind) return false;
  if (fault_after_ > 0) {
    --fault_after_;
    return false;
  }
  has_failed_ = true;
  return true;
}

std::shared_ptr<CrashDisk::File> CrashDisk::open(const std::string& path, bool create) {
  const std::string name = name_of(path);
  if (const auto found = seen_.find(name); found != seen_.end()) return found->second;
  // Made by others than SQLite, who synced it; else it is new.
  const auto file = std::make_shared<File>(read_file(path));
  if (fs::exists(path)) {
    seen_[name] = durable_[name] = file;
    return file;
  }
  if (!create) return nullptr;
  notice(Step::create);
  seen_[name] = file;
  pending_.push_back({Change::Kind::link, file, 0, {}, name});
  return file;
}

void CrashDisk::write(const std::shared_ptr<File>& file, std::string bytes, std::size_t offset) {
  notice(Step::write);
  pending_.push_back({Change::Kind::write, file, offset, std::move(bytes), {}});
}

void CrashDisk::truncate(const std::shared_ptr<File>& file, std::size_t size) {
  notice(Step::truncate);
  pending_.push_back({Change::Kind::truncate, file, size, {}, {}});
}

void CrashDisk::remove(const std::string& path, bool syncs_folder) {
  const auto found = seen_.find(name_of(path));
  if (found == seen_.end()) return;
  notice(Step::remove);
  pending_.push_back({Change::Kind::unlink, found->second, 0, {}, found->first});
  seen_.erase(found);
  if (syncs_folder) settle_names();
}

void CrashDisk::sync(const std::shared_ptr<File>& file) {
  notice(Step::sync);
  if (syncs_ == Syncs::honest) return settle(file);
  for (const auto& one : std::exchange(late_, std::vector{file})) settle(one);
}

/// SQLite syncs the folder with the first sync of a log or journal that it has made.
void CrashDisk::settle(const std::shared_ptr<File>& file) {
  const bool is_new = std::ranges::any_of(
      pending_, [&](const Change& one) { return one.kind == Change::Kind::link && one.file == file; });
  settle_where([&](const Change& one) { return one.file == file && !one.is_of_names(); });
  if (is_new) settle_names();
}

void CrashDisk::settle_names() {
  settle_where([](const Change& one) { return one.is_of_names(); });
}

template <class Pick>
void CrashDisk::settle_where(Pick pick) {
  for (const Change& one : pending_) {
    if (!pick(one)) continue;
    if (one.kind == Change::Kind::link)
      durable_[one.name] = one.file;
    else if (one.kind == Change::Kind::unlink)
      durable_.erase(one.name);
    else
      one.apply(one.file->durable, one.sectors());
  }
  std::erase_if(pending_, pick);
}

DiskImage CrashDisk::after_power_cut(const Survives& survives) const {
  Names names = durable_;
  std::map<File*, std::string> contents;
  const auto content_of = [&](const std::shared_ptr<File>& file) -> std::string& {
    return contents.try_emplace(file.get(), file->durable).first->second;
  };
  for (std::size_t i = 0; i < pending_.size(); ++i) {
    const Change& one = pending_[i];
    const std::size_t sectors = survives(i);
    if (!one.is_of_names())
      one.apply(content_of(one.file), sectors);
    else if (sectors > 0 && one.kind == Change::Kind::link)
      names[one.name] = one.file;
    else if (sectors > 0)
      names.erase(one.name);
  }
  DiskImage image;
  for (const auto& [name, file] : names) image[name] = content_of(file);
  return image;
}

void write_image(const fs::path& folder, const DiskImage& image) {
  for (const auto& entry : fs::directory_iterator(folder)) fs::remove(entry.path());
  for (const auto& [name, bytes] : image) {
    write_file(folder / name, bytes);
    fs::permissions(folder / name, fs::perms::owner_read | fs::perms::owner_write);
  }
}

}  // namespace taut::test
