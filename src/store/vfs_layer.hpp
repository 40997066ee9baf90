#pragma once
// What a layer over SQLite's file system hands on as it came (sqlite.org/vfs.html, "shims").

#include <sqlite3.h>

namespace taut::store {

/// @tparam File  what the layer keeps of an open file. Its first member is the sqlite3_file that SQLite
///               sees; the file of the layer below stands right behind it.
template <class File>
struct VfsLayer {
  static File& self(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
  static sqlite3_file* below(sqlite3_file* file) { return reinterpret_cast<sqlite3_file*>(&self(file) + 1); }

  /// Every method but those that it replaces. Version 2: with shared memory, and without memory-mapped
  /// reads, which would pass by the layer.
  static constexpr sqlite3_io_methods methods() {
    sqlite3_io_methods all{};
    all.iVersion = 2;
    all.xClose = hand_on<&sqlite3_io_methods::xClose>;
    all.xRead = hand_on<&sqlite3_io_methods::xRead>;
    all.xWrite = hand_on<&sqlite3_io_methods::xWrite>;
    all.xTruncate = hand_on<&sqlite3_io_methods::xTruncate>;
    all.xSync = hand_on<&sqlite3_io_methods::xSync>;
    all.xFileSize = hand_on<&sqlite3_io_methods::xFileSize>;
    all.xLock = hand_on<&sqlite3_io_methods::xLock>;
    all.xUnlock = hand_on<&sqlite3_io_methods::xUnlock>;
    all.xCheckReservedLock = hand_on<&sqlite3_io_methods::xCheckReservedLock>;
    all.xFileControl = hand_on<&sqlite3_io_methods::xFileControl>;
    all.xSectorSize = hand_on<&sqlite3_io_methods::xSectorSize>;
    all.xDeviceCharacteristics = hand_on<&sqlite3_io_methods::xDeviceCharacteristics>;
    all.xShmMap = hand_on<&sqlite3_io_methods::xShmMap>;
    all.xShmLock = hand_on<&sqlite3_io_methods::xShmLock>;
    all.xShmBarrier = hand_on<&sqlite3_io_methods::xShmBarrier>;
    all.xShmUnmap = hand_on<&sqlite3_io_methods::xShmUnmap>;
    return all;
  }

 private:
  template <auto method, class... Arguments>
  static auto hand_on(sqlite3_file* file, Arguments... arguments) {
    return (below(file)->pMethods->*method)(below(file), arguments...);
  }
};

}  // namespace taut::store
