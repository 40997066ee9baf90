#include "support/crash_vfs.hpp"

#include "store/vfs_layer.hpp"
#include "support/crash_disk.hpp"

namespace taut::test {

namespace {

/// Ours, and right behind it the real one. What programs see is the real file; the disk keeps account.
struct CrashFile {
  sqlite3_file base;
  CrashDisk* disk;
  std::shared_ptr<CrashDisk::File>* file;  ///< nullptr: in another folder
};

using Layer = store::VfsLayer<CrashFile>;

CrashFile& self(sqlite3_file* file) { return Layer::self(file); }
sqlite3_file* real(sqlite3_file* file) { return Layer::below(file); }

int close_file(sqlite3_file* file) {
  delete self(file).file;
  return real(file)->pMethods->xClose(real(file));
}

int write_file(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
  if (self(file).file != nullptr) {
    if (self(file).disk->fails(CrashDisk::Fault::full)) return SQLITE_FULL;
    if (self(file).disk->fails(CrashDisk::Fault::read_only)) return SQLITE_IOERR_WRITE;
    self(file).disk->write(*self(file).file, {static_cast<const char*>(from), static_cast<std::size_t>(size)},
                           static_cast<std::size_t>(offset));
  }
  return real(file)->pMethods->xWrite(real(file), from, size, offset);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  if (self(file).file != nullptr) {
    if (self(file).disk->fails(CrashDisk::Fault::read_only)) return SQLITE_IOERR_TRUNCATE;
    self(file).disk->truncate(*self(file).file, static_cast<std::size_t>(size));
  }
  return real(file)->pMethods->xTruncate(real(file), size);
}

int sync_file(sqlite3_file* file, int) {
  if (self(file).file == nullptr) return SQLITE_OK;
  if (self(file).disk->fails(CrashDisk::Fault::sync_fails)) return SQLITE_IOERR_FSYNC;
  self(file).disk->sync(*self(file).file);
  return SQLITE_OK;
}

constexpr sqlite3_io_methods kMethods = [] {
  sqlite3_io_methods methods = Layer::methods();
  methods.xClose = close_file;
  methods.xWrite = write_file;
  methods.xTruncate = truncate_file;
  methods.xSync = sync_file;
  return methods;
}();

CrashDisk& disk_of(sqlite3_vfs* vfs) { return *static_cast<CrashDisk*>(vfs->pAppData); }

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* flags_out) {
  CrashDisk& disk = disk_of(vfs);
  self(file) = {{nullptr}, &disk, nullptr};
  std::shared_ptr<CrashDisk::File> known;
  if (disk.holds(name)) known = disk.open(name, (flags & SQLITE_OPEN_CREATE) != 0);
  const int code = disk.real()->xOpen(disk.real(), name, real(file), flags, flags_out);
  if (code != SQLITE_OK) return code;
  self(file).base.pMethods = &kMethods;
  if (known) self(file).file = new std::shared_ptr<CrashDisk::File>(std::move(known));
  return SQLITE_OK;
}

int delete_file(sqlite3_vfs* vfs, const char* name, int sync_folder) {
  CrashDisk& disk = disk_of(vfs);
  if (disk.holds(name)) disk.remove(name, sync_folder != 0);
  return disk.real()->xDelete(disk.real(), name, 0);
}
int access_file(sqlite3_vfs* vfs, const char* name, int flags, int* out) {
  return disk_of(vfs).real()->xAccess(disk_of(vfs).real(), name, flags, out);
}
int full_path(sqlite3_vfs* vfs, const char* name, int size, char* out) {
  return disk_of(vfs).real()->xFullPathname(disk_of(vfs).real(), name, size, out);
}

}  // namespace

std::unique_ptr<sqlite3_vfs> make_crash_vfs(CrashDisk& disk, sqlite3_vfs& real) {
  auto vfs = std::make_unique<sqlite3_vfs>(real);
  vfs->zName = "crash-disk";
  vfs->pAppData = &disk;
  vfs->szOsFile = static_cast<int>(sizeof(CrashFile)) + real.szOsFile;
  vfs->xOpen = open_file;
  vfs->xDelete = delete_file;
  vfs->xAccess = access_file;
  vfs->xFullPathname = full_path;
  sqlite3_vfs_register(vfs.get(), 1);
  return vfs;
}

}  // namespace taut::test
