#pragma once
// Messages, gaps and receipts as JSON events and as lines.

#include "cli/json.hpp"
#include "node/items.hpp"
#include "node/task.hpp"

namespace taut::cli {

/// {"v":1,"event":"message","from":…,"contact":…,"id":…,"sent":…,"received":…,"text":… or "data":…}
/// {"v":1,"event":"gap","from":…,"contact":…,"first":…,"last":…}
/// @param petname  of the sender, where he is a contact
Json json_of(const node::Item& item, const std::optional<std::string>& petname);
/// One line, or several for a text of several lines.
std::string text_of(const node::Item& item, const std::optional<std::string>& petname);

/// {"v":1,"event":"receipt","id":…,"to":…,"contact":…,"outcome":"stored","at":["taut1…"],"sent":…}
Json json_of(const node::Receipt& receipt, const std::string& petname);
std::string text_of(const node::Receipt& receipt);

const NodeId& sender_of(const node::Item& item);

}  // namespace taut::cli
