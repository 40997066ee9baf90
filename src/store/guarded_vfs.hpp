#pragma once
// A layer between SQLite and its files (sqlite.org/vfs.html) that seals each page of a database when it
// is written and checks it when it is read. Everything else goes through to the default layer.

namespace taut::store {

inline constexpr const char* kGuardedVfs = "taut";

/// What reading a page gives whose checksum does not hold: SQLITE_FORMAT, which SQLite itself does not use.
/// After an I/O error it would roll back the transaction of all who share it, after SQLITE_CORRUPT refuse
/// their writes; so the error is that of the one statement that asked.
inline constexpr int kDamagedPage = 24;

/// Registers it above what is SQLite's default now; again after the default has changed does so anew.
void register_guarded_vfs();

}  // namespace taut::store
