#pragma once
// A one-time token as people copy it: 128 random bits, with a checksum that catches slips.

#include "base/random.hpp"
#include "cli/failure.hpp"

namespace taut::cli {

using EnrolmentToken = Secret<struct EnrolmentTokenTag, 16>;

/// `tautenrol1…`
std::string to_text(const EnrolmentToken& token);
/// Spaces and line ends around it do no harm.
/// @errors usage (bad_token)
Outcome<EnrolmentToken> enrolment_token_from_text(std::string_view text);

}  // namespace taut::cli
