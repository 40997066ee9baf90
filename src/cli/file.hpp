#pragma once
// Files that a person names: links, revocations, backups.

#include "base/bytes.hpp"
#include "cli/failure.hpp"

namespace taut::cli {

/// All of a file, or of standard input (`-`).
/// @errors not_found, storage; usage (too_large)
Outcome<Bytes> read_file(const std::string& path, std::size_t size_max);

/// Makes a file that only its owner can read, or prints to standard output (`-`). On disk when it returns.
/// @errors usage (file_exists): nothing is overwritten; storage
Done write_new_file(const std::string& path, ByteView bytes);

}  // namespace taut::cli
