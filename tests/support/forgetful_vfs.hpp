#pragma once
// A disk under SQLite that forgets at a kill what was not synced: `kill -9` alone proves no durability,
// because the kernel keeps what the process wrote. For test binaries, never for the one people get.

namespace taut::test {

/// Makes it SQLite's default layer, for good. To be called first in main().
///
/// What is written stays in this process's memory until its file is synced; a file that was made and
/// never synced was never there. One process at a time may have a database open: others wait for 5 s and
/// find it busy. When the environment says TAUT_FORGETFUL=late, every other sync of a log says yes and
/// does nothing: who believes it acknowledges before the sync, and must be found out. (A log is always
/// a whole one, an older one at that, so what was lost is all that shows.)
void register_forgetful_vfs();

}  // namespace taut::test
