#pragma once
// Nodes, cards and dispatchers as JSON and as lines.

#include "cli/json.hpp"
#include "identity/card.hpp"
#include "node/contacts.hpp"

namespace taut::cli {

std::string suite_text(std::uint16_t suite);  ///< 0x0001

/// {"node":…,"addresses":[…]}
Json json_of(const identity::Dispatcher& dispatcher);
Json json_of(std::span<const identity::Dispatcher> dispatchers);

/// {"v":1,"petname":…,"verified":…,"nodes":[{"node":…,"name":…}]}
Json json_of(const node::Contact& contact);

std::string addresses_text(const identity::Dispatcher& dispatcher);

}  // namespace taut::cli
