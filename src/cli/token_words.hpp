#pragma once
// The flag --token: its value is a secret, so it comes on standard input only.

#include <optional>

#include "cli/enrolment_token.hpp"

namespace taut::cli {

/// @param link  what is typed as a link, which may want standard input too
/// @errors usage: secret_in_argument, standard_input_twice
Done check_token_flag(const std::optional<std::string>& token, const std::string& link);

/// Reads it from standard input, where the flag is given. Empty: it is not.
/// @errors usage (bad_token)
Outcome<SecretBytes> read_token(const std::optional<std::string>& token);

}  // namespace taut::cli
