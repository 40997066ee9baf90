#pragma once
// That this state is not the only one, or not the newest, as sentences and JSON.

#include "cli/context.hpp"
#include "cli/json.hpp"
#include "node/progress.hpp"

namespace taut::cli {

std::string_view copy_name(node::Copy copy);  ///< rolled_back, second_copy

struct CopyWords {
  std::string what;
  std::string next;
};
CopyWords words_for(node::Copy copy);

/// The last thing that was noticed, while it is news: for a week.
Outcome<std::optional<node::Notice>> fresh_notice(store::NodeStore& store);

/// {"copy":"second_copy","dispatcher":"taut1…","noticed":…}
Json json_of(const node::Notice& notice);

}  // namespace taut::cli
