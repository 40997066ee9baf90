#include "store/guarded_vfs.hpp"

#include <mutex>

#include "base/secret.hpp"
#include "store/page.hpp"
#include "store/vfs_layer.hpp"

namespace taut::store {

namespace {

/// What SQLite allocates for an open file: ours, and right behind it the one of the layer below.
struct GuardedFile {
  sqlite3_file base;
  bool holds_pages;  // the database itself, not its log or journal
};

using Layer = VfsLayer<GuardedFile>;

bool holds_pages(sqlite3_file* file) { return Layer::self(file).holds_pages; }

bool is_page(int size, sqlite3_int64 offset) {
  return size == int{kPageBytes} && offset % sqlite3_int64{kPageBytes} == 0;
}
PageNumber number_of(sqlite3_int64 offset) {
  return static_cast<PageNumber>(offset / sqlite3_int64{kPageBytes}) + 1;
}

static_assert(kDamagedPage == SQLITE_FORMAT);

int read_file(sqlite3_file* file, void* to, int size, sqlite3_int64 offset) {
  const int code = Layer::below(file)->pMethods->xRead(Layer::below(file), to, size, offset);
  if (code != SQLITE_OK || !holds_pages(file) || !is_page(size, offset)) return code;
  const PageView page(static_cast<const Byte*>(to), kPageBytes);
  if (page_holds(page, number_of(offset))) return SQLITE_OK;
  sqlite3_log(SQLITE_CORRUPT, "page %u fails its checksum", number_of(offset));
  return kDamagedPage;
}

int write_file(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
  if (!holds_pages(file) || !is_page(size, offset))
    return Layer::below(file)->pMethods->xWrite(Layer::below(file), from, size, offset);
  std::array<Byte, kPageBytes> page;
  std::memcpy(page.data(), from, kPageBytes);
  clear_gap(page, number_of(offset));
  seal_page(page, number_of(offset));
  const int code = Layer::below(file)->pMethods->xWrite(Layer::below(file), page.data(), size, offset);
  wipe(page);
  return code;
}

constexpr sqlite3_io_methods kMethods = [] {
  sqlite3_io_methods methods = Layer::methods();
  methods.xRead = read_file;
  methods.xWrite = write_file;
  return methods;
}();

sqlite3_vfs* layer_below(sqlite3_vfs* vfs) { return static_cast<sqlite3_vfs*>(vfs->pAppData); }

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* flags_out) {
  GuardedFile& guarded = Layer::self(file);
  guarded.base.pMethods = nullptr;
  guarded.holds_pages = (flags & SQLITE_OPEN_MAIN_DB) != 0;
  const int code = layer_below(vfs)->xOpen(layer_below(vfs), name, Layer::below(file), flags, flags_out);
  if (code == SQLITE_OK) guarded.base.pMethods = &kMethods;
  return code;
}

int delete_file(sqlite3_vfs* vfs, const char* name, int sync_folder) {
  return layer_below(vfs)->xDelete(layer_below(vfs), name, sync_folder);
}
int access_file(sqlite3_vfs* vfs, const char* name, int flags, int* out) {
  return layer_below(vfs)->xAccess(layer_below(vfs), name, flags, out);
}
int full_path(sqlite3_vfs* vfs, const char* name, int size, char* out) {
  return layer_below(vfs)->xFullPathname(layer_below(vfs), name, size, out);
}

}  // namespace

void register_guarded_vfs() {
  static std::mutex mutex;
  static sqlite3_vfs guarded;
  const std::scoped_lock lock(mutex);
  sqlite3_vfs* const outside = sqlite3_vfs_find(nullptr);
  if (guarded.pAppData == outside) return;
  if (guarded.pAppData != nullptr) sqlite3_vfs_unregister(&guarded);
  guarded = *outside;  // time, sleep and the like, which need no file
  guarded.zName = kGuardedVfs;
  guarded.pAppData = outside;
  guarded.szOsFile = int{sizeof(GuardedFile)} + outside->szOsFile;
  guarded.xOpen = open_file;
  guarded.xDelete = delete_file;
  guarded.xAccess = access_file;
  guarded.xFullPathname = full_path;
  sqlite3_vfs_register(&guarded, 0);
}

}  // namespace taut::store
