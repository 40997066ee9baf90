#include "cli/topic_asking.hpp"

namespace taut::cli {

std::vector<Asking> asking(const topic::Topic& topic) {
  std::vector<Asking> all;
  for (const introduction::Introduction* const one : topic.introductions())
    all.push_back({one->node_id(), one->key_package_ref, one->card.card().name});
  return all;
}

Outcome<Asking> find_asking(const topic::Topic& topic, const std::string& topic_name, Names& names,
                            const std::string& who) {
  const std::vector<Asking> all = asking(topic);
  for (const Asking& one : all)
    if (names.find(who, std::span(&one.node_id, 1))) return one;
  const bool is_petname = names.is_petname(who);
  const auto found = std::ranges::find(all, who, &Asking::name);
  if (is_petname || found == all.end())
    return failure(ExitCode::not_found, "no_request",
                   "'" + who + "' does not ask to be let into '" + topic_name + "'",
                   "See who does: taut topic requests " + topic_name);
  if (std::ranges::count(all, who, &Asking::name) == 1) return *found;
  return failure(ExitCode::usage, "doubtful", "Several who ask call themselves '" + who + "'",
                 "Give the node ID: taut topic requests " + topic_name);
}

}  // namespace taut::cli
