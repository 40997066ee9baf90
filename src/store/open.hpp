#pragma once
// Opening a database: made, checked, brought to the version of its tables that we speak, or refused.

#include <chrono>
#include <filesystem>
#include <span>

#include "store/failure.hpp"
#include "store/sqlite.hpp"

namespace taut::store {

struct Schema {
  /// What the database is for, in the file's header (file format §1.3.16).
  std::uint32_t application_id;
  /// SQL that brings version i to i + 1; their count is our version.
  std::span<const char* const> migrations;
};

/// Who writes the log back into the file from time to time: a commit that made it long, or whoever owns
/// the database, when nobody waits for it.
enum class Checkpoints : std::uint8_t { by_commit, by_owner };

struct Options {
  /// How long one process waits for the short transactions of another.
  std::chrono::milliseconds busy_wait{5000};
  std::size_t cache_bytes_max = std::size_t{4} << 20;
  Checkpoints checkpoints = Checkpoints::by_commit;
};

/// Makes the file (0600, in a folder of 0700) where there is none.
///
/// Durable means WAL with `synchronous=FULL`: a commit returns after the log has been synced. Deleted
/// means zeroed (`secure_delete`). Older versions are migrated in one transaction.
/// @errors loose_modes, other_owner, not_a_database, foreign_file, newer_schema (both untouched), damaged,
///         read_only, disk_full, busy, storage
Opened<Database> open(const std::filesystem::path& file, const Schema& schema, const Options& options = {});

}  // namespace taut::store
