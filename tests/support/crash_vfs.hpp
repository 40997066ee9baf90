#pragma once
// SQLite's functions for a CrashDisk (sqlite.org/vfs.html); for its sources only.

#include <sqlite3.h>

#include <memory>

namespace taut::test {

class CrashDisk;

/// Makes the layer SQLite's default. `disk` outlives it.
std::unique_ptr<sqlite3_vfs> make_crash_vfs(CrashDisk& disk, sqlite3_vfs& real);

}  // namespace taut::test
