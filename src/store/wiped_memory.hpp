#pragma once
// SQLite's memory holds pages with secrets, and values on their way; it knows nothing of wiping.

namespace taut::store {

/// From now on SQLite wipes what it gives back, and keeps no statistics, which would cost a lock each
/// time. To be called before anything else of SQLite; afterwards it is too late, and nothing happens.
void wipe_sqlite_memory();

}  // namespace taut::store
