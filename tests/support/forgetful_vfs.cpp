#include "support/forgetful_vfs.hpp"

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <utility>

#include "store/vfs_layer.hpp"
#include "support/forgetful_file.hpp"

namespace taut::test {

namespace {

/// What SQLite allocates: ours, and right behind it the real file, open as soon as the disk has one.
struct Handle {
  sqlite3_file base;
  std::shared_ptr<ForgetfulFile>* file;
  const char* name;
  int flags;
  bool is_on_disk;
};

sqlite3_vfs* real_vfs = nullptr;
bool syncs_late = false;
std::mutex files_mutex;
std::map<std::string, std::shared_ptr<ForgetfulFile>>& files() {
  static std::map<std::string, std::shared_ptr<ForgetfulFile>> all;
  return all;
}

using Layer = store::VfsLayer<Handle>;

Handle& self(sqlite3_file* file) { return Layer::self(file); }
ForgetfulFile& file_of(sqlite3_file* file) { return **self(file).file; }
sqlite3_file* real(sqlite3_file* file) { return Layer::below(file); }

/// Now it exists; its name is synced as SQLite syncs it, with the first sync of the file.
int make_on_disk(sqlite3_file* file) {
  Handle& handle = self(file);
  if (handle.is_on_disk) return SQLITE_OK;
  int ignored = 0;
  const int code = real_vfs->xOpen(real_vfs, handle.name, real(file), handle.flags, &ignored);
  handle.is_on_disk = code == SQLITE_OK;
  return code;
}

/// Another connection may have made it since.
int catch_up(sqlite3_file* file) { return file_of(file).is_on_disk() ? make_on_disk(file) : SQLITE_OK; }

int flush(sqlite3_file* file) {
  if (const int code = make_on_disk(file); code != SQLITE_OK) return code;
  return file_of(file).flush(real(file));
}

/// A process that ends by itself leaves what it wrote to the kernel.
int close_file(sqlite3_file* file) {
  Handle& handle = self(file);
  const std::scoped_lock all(files_mutex);
  {
    const std::scoped_lock lock(file_of(file).mutex);
    const bool is_last = --file_of(file).handles == 0;
    if (is_last && files().contains(handle.name)) {
      if (handle.is_on_disk || file_of(file).size() > 0) flush(file);
      files().erase(handle.name);
    }
  }
  delete handle.file;
  return handle.is_on_disk ? real(file)->pMethods->xClose(real(file)) : SQLITE_OK;
}

int read_file(sqlite3_file* file, void* to, int size, sqlite3_int64 offset) {
  const std::scoped_lock lock(file_of(file).mutex);
  if (const int code = catch_up(file); code != SQLITE_OK) return code;
  return file_of(file).read(real(file), static_cast<char*>(to), static_cast<std::size_t>(size),
                            static_cast<std::uint64_t>(offset));
}
int write_file(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
  const std::scoped_lock lock(file_of(file).mutex);
  if (const int code = catch_up(file); code != SQLITE_OK) return code;
  return file_of(file).write(real(file), static_cast<const char*>(from), static_cast<std::size_t>(size),
                             static_cast<std::uint64_t>(offset));
}
int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  const std::scoped_lock lock(file_of(file).mutex);
  if (const int code = catch_up(file); code != SQLITE_OK) return code;
  return file_of(file).truncate(real(file), static_cast<std::uint64_t>(size));
}
int sync_file(sqlite3_file* file, int flags) {
  static std::atomic<unsigned> count = 0;
  const bool is_log = (self(file).flags & SQLITE_OPEN_WAL) != 0;
  if (syncs_late && is_log && count++ % 2 == 0) return SQLITE_OK;
  const std::scoped_lock lock(file_of(file).mutex);
  if (const int code = flush(file); code != SQLITE_OK) return code;
  return real(file)->pMethods->xSync(real(file), flags);
}
int file_size(sqlite3_file* file, sqlite3_int64* size) {
  const std::scoped_lock lock(file_of(file).mutex);
  *size = static_cast<sqlite3_int64>(file_of(file).size());
  return SQLITE_OK;
}

/// Hints about sizes and the like would reach the real file.
int file_control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return 4096; }
int device_characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }
// Locks and shared memory are handed on: only databases have them, and these are always on the disk.
constexpr sqlite3_io_methods kMethods = [] {
  sqlite3_io_methods methods = Layer::methods();
  methods.xClose = close_file;
  methods.xRead = read_file;
  methods.xWrite = write_file;
  methods.xTruncate = truncate_file;
  methods.xSync = sync_file;
  methods.xFileSize = file_size;
  methods.xFileControl = file_control;
  methods.xSectorSize = sector_size;
  methods.xDeviceCharacteristics = device_characteristics;
  return methods;
}();

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* flags_out) {
  Handle& handle = self(file);
  handle = {{nullptr}, nullptr, name, flags, false};
  if (name == nullptr) return SQLITE_CANTOPEN;  // temporary files: we make none
  const std::scoped_lock all(files_mutex);
  const bool exists = ::access(name, F_OK) == 0;  // SQLite's own question leaves empty files out
  auto& known = files()[name];
  const bool is_new = !known;
  if (is_new) known = std::make_shared<ForgetfulFile>(name);
  const auto give_up = [&](int code) {
    if (is_new) files().erase(name);
    return code;
  };
  if ((flags & SQLITE_OPEN_MAIN_DB) != 0 && !known->lock()) return give_up(SQLITE_BUSY);
  if (exists) {
    const int code = real_vfs->xOpen(real_vfs, name, real(file), flags, flags_out);
    if (code != SQLITE_OK) return give_up(code);
    handle.is_on_disk = true;
    sqlite3_int64 size = 0;
    real(file)->pMethods->xFileSize(real(file), &size);
    if (is_new) known->opened(static_cast<std::uint64_t>(size));
  } else if (is_new && (flags & SQLITE_OPEN_CREATE) == 0) {
    return give_up(SQLITE_CANTOPEN);
  }
  if (flags_out != nullptr && !exists) *flags_out = flags;
  ++known->handles;
  handle.file = new std::shared_ptr<ForgetfulFile>(known);
  handle.base.pMethods = &kMethods;
  return SQLITE_OK;
}

int delete_file(sqlite3_vfs*, const char* name, int sync_folder) {
  const std::scoped_lock all(files_mutex);
  const bool was_seen = files().erase(name) > 0;
  const int code = real_vfs->xDelete(real_vfs, name, sync_folder);
  return was_seen && code == SQLITE_IOERR_DELETE_NOENT ? SQLITE_OK : code;
}
int access_file(sqlite3_vfs*, const char* name, int flags, int* out) {
  {
    const std::scoped_lock all(files_mutex);
    if (files().contains(name)) {
      *out = 1;
      return SQLITE_OK;
    }
  }
  return real_vfs->xAccess(real_vfs, name, flags, out);
}
int full_path(sqlite3_vfs*, const char* name, int size, char* out) {
  return real_vfs->xFullPathname(real_vfs, name, size, out);
}

}  // namespace

void register_forgetful_vfs() {
  static sqlite3_vfs forgetful;
  real_vfs = sqlite3_vfs_find("unix");
  const char* const mode = std::getenv("TAUT_FORGETFUL");
  syncs_late = mode != nullptr && std::string_view(mode) == "late";
  forgetful = *real_vfs;
  forgetful.zName = "forgetful";
  forgetful.szOsFile = static_cast<int>(sizeof(Handle)) + real_vfs->szOsFile;
  forgetful.xOpen = open_file;
  forgetful.xDelete = delete_file;
  forgetful.xAccess = access_file;
  forgetful.xFullPathname = full_path;
  sqlite3_vfs_register(&forgetful, 1);
}

}  // namespace taut::test
