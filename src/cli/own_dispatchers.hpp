#pragma once
// The dispatchers in use, for the commands that list them.

#include "cli/context.hpp"
#include "cli/json.hpp"
#include "node/own_dispatchers.hpp"

namespace taut::cli {

Outcome<std::vector<node::OwnDispatcher>> own_dispatchers(store::NodeStore& store);

/// {"v":1,"node":…,"name":…,"addresses":[…],"published":…}, "leaving":true
/// while one that was forgotten may still hold messages
/// @param own  our card: published when the dispatcher has this one
Json json_of(const node::OwnDispatcher& dispatcher, const identity::SignedCard& own);
/// Name, node ID and addresses, and a line end.
std::string line_for(const node::OwnDispatcher& dispatcher);

}  // namespace taut::cli
