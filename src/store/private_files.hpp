#pragma once
// Files that nobody else may read or write: 0600 in a folder of 0700, owned by who runs us.

#include <chrono>
#include <filesystem>
#include <utility>

#include "store/failure.hpp"

namespace taut::store {

/// Makes the folder and its missing parents with mode 0700, or checks the one that is there.
/// @errors loose_modes, other_owner, read_only, disk_full, storage
Opened<void> ensure_private_folder(const std::filesystem::path& folder);

/// Makes an empty file of mode 0600 whose name is durable, or checks the one that is there.
/// @errors as above, not_a_database: not a regular file
Opened<void> ensure_private_file(const std::filesystem::path& file);

/// A file that may be absent.
/// @errors loose_modes, other_owner, not_a_database, storage
Opened<void> check_private_file(const std::filesystem::path& file);

/// Held as long as it lives, and gone with the process however that ends.
class FileLock {
 public:
  /// Makes the file where it is missing.
  /// @errors locked, at once: another holds it; those of ensure_private_file
  static Opened<FileLock> take(const std::filesystem::path& file);
  /// The lock of a folder itself, for short work.
  /// @errors busy: another held it for all of `patience`
  static Opened<FileLock> take_folder(const std::filesystem::path& folder,
                                      std::chrono::milliseconds patience);

  FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileLock& operator=(FileLock&& other) noexcept;
  ~FileLock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace taut::store
