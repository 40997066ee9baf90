#pragma once
// A revocation as a file for people: what it is, in lines that begin with #, and the card as text.

#include "cli/context.hpp"

namespace taut::cli {

/// @errors those of write_new_file
Done write_revocation(const std::string& file, const identity::SignedCard& revocation,
                      const std::string& name);

/// @param file  `-`: standard input
/// @errors usage: link_cut, link_wrong, not_a_revocation; those of read_file
Outcome<identity::SignedCard> read_revocation(const std::string& file);

}  // namespace taut::cli
