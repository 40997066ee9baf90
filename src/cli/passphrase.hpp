#pragma once
// A passphrase: from a file, from standard input, or typed at the terminal without being shown. Never from
// an argument, which others can read.

#include <optional>

#include "base/secret.hpp"
#include "cli/failure.hpp"

namespace taut::cli {

/// A new one is typed twice: what nobody can type again is lost.
enum class Passphrase { known, chosen_now };

/// @param file  of --passphrase: its first line; `-`: standard input's. None: asks at the terminal
/// @errors usage (no_passphrase): no terminal, and no file; (passphrases_differ); those of read_file
Outcome<SecretBytes> passphrase(const std::optional<std::string>& file, Passphrase which);

}  // namespace taut::cli
