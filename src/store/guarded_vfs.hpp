#pragma once
// A layer between SQLite and its files (sqlite.org/vfs.html) that seals each page of a database when it
// is written and checks it when it is read. Everything else goes through to the default layer.

namespace taut::store {

inline constexpr const char* kGuardedVfs = "taut";

/// Registers it above what is SQLite's default now; again after the default has changed does so anew.
void register_guarded_vfs();

}  // namespace taut::store
