#pragma once
// Contacts, found by what a person typed, and why one was not.

#include "cli/context.hpp"
#include "node/contacts.hpp"

namespace taut::cli {

std::unexpected<Failure> contact_failure(const store::NodeStore& store, const Error& error,
                                         const std::string& petname);

/// By petname or node ID.
/// @errors not_found, with the nearest petname
Outcome<node::Contact> find_contact(store::NodeStore& store, const std::string& who);

}  // namespace taut::cli
