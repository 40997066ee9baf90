#pragma once
// Who asks to be let into a topic.

#include "cli/topic_text.hpp"
#include "topic/topic.hpp"

namespace taut::cli {

struct Asking {
  NodeId node_id;
  mls::KeyPackageRef ref;
  std::string name;  ///< in the card: self-chosen
};
std::vector<Asking> asking(const topic::Topic& topic);

/// By node ID, petname, or the name that it gave itself, in this order: nobody takes a contact's place by
/// its name.
/// @errors not_found (no_request); usage (doubtful): several call themselves so
Outcome<Asking> find_asking(const topic::Topic& topic, const std::string& topic_name, Names& names,
                            const std::string& who);

}  // namespace taut::cli
