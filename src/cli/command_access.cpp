#include "cli/commands.hpp"
#include "cli/json.hpp"
#include "node/access.hpp"

namespace taut::cli {

Done run(const AccessRequest& request, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  if (request.who) {
    const auto openness =
        *request.who == AccessFor::contacts ? node::Openness::contacts : node::Openness::anybody;
    if (const auto set = node::set_openness(*node.store, openness, context.random); !set)
      return state_failure(*node.store, set.error());
    context.out.say("taut: the dispatchers are told by the next taut recv");
  }
  std::optional<node::Access> access;
  const auto read = node.store->write([&](node::Transaction& transaction) -> Status {
    TAUT_TRY(access, node::load_access(transaction, context.random));
    return {};
  });
  if (!read) return state_failure(*node.store, read.error());
  const std::string who = access->openness == node::Openness::contacts ? "contacts" : "anybody";
  if (!context.out.is_json()) return context.out.print(who + "\n");
  return context.out.print(line_of({{"v", kJsonVersion}, {"access", who}}));
}

}  // namespace taut::cli
