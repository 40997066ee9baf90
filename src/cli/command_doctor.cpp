#include <algorithm>

#include "cli/commands.hpp"
#include "cli/copy_words.hpp"
#include "cli/link_words.hpp"
#include "cli/own_dispatchers.hpp"
#include "cli/text.hpp"
#include "run/clocks.hpp"
#include "run/reach.hpp"

namespace taut::cli {
namespace {

enum class Health { well, hint, wrong };

std::string_view name_of(Health health) {
  switch (health) {
    case Health::well:
      return "ok";
    case Health::hint:
      return "hint";
    case Health::wrong:
      return "wrong";
  }
  return "wrong";
}

struct Finding {
  Health health;
  std::string what;
  std::string next;
  ExitCode exit = ExitCode::ok;
};
using Findings = std::vector<Finding>;

Finding well(std::string what) { return {Health::well, std::move(what), {}}; }
Finding hint(std::string what, std::string next) { return {Health::hint, std::move(what), std::move(next)}; }
Finding wrong(const Failure& failure) { return {Health::wrong, failure.what, failure.next, failure.exit}; }

Finding clock() {
  if (const auto now = run::wall_time()) return well("The clock says " + iso_time(*now));
  return {Health::wrong, "The clock was never set", "Set it: lifetimes of keys and messages go by it",
          ExitCode::usage};
}

Finding dispatcher_in_use(const node::OwnDispatcher& own, const OpenNode& node, Context& context) {
  const std::string name = "the dispatcher " + title_of(own.card);
  if (own.standing == node::Standing::leaving)
    return hint(
        "It was forgotten, and may still hold messages: " + name,
        "taut recv fetches them; to give them up: taut dispatcher forget " + to_text(own.card.node_id()));
  const auto dispatcher = node::as_dispatcher(own.card);
  if (!dispatcher) return wrong(state_failure(*node.store, dispatcher.error()).error());
  if (const auto reached = run::reach(*dispatcher, node.self.identity, context.random); !reached)
    return wrong(link_failure(reached.error(), name, *dispatcher).error());
  if (own.published_sequence != node.self.card.card().sequence)
    return hint("It answers, but does not have your newest card: " + name,
                "It gets it with the next taut recv");
  return well("It answers: " + name);
}

void examine_node(const OpenNode& node, Context& context, Findings& findings) {
  findings.push_back(well("This is " + node.self.name + ", " + to_text(node.self.card.node_id())));
  if (node.self.card.revocation())
    return findings.push_back({Health::wrong, "This identity has been revoked: nobody believes it any more",
                               "Make another: taut --home DIR init --name NAME", ExitCode::identity});
  if (const auto notice = fresh_notice(*node.store); notice && *notice) {
    const CopyWords words = words_for((*notice)->copy);
    const bool is_second = (*notice)->copy == node::Copy::second;
    findings.push_back(
        {is_second ? Health::wrong : Health::hint, words.what, words.next, ExitCode::identity});
  }
  const auto dispatchers = own_dispatchers(*node.store);
  if (!dispatchers) return findings.push_back(wrong(dispatchers.error()));
  if (dispatchers->empty())
    findings.push_back(
        hint("No dispatcher is in use, so nobody can write to you", "Take one: taut dispatcher use LINK"));
  for (const auto& dispatcher : *dispatchers)
    findings.push_back(dispatcher_in_use(dispatcher, node, context));
  std::size_t outbox = 0;
  const auto read = node.store->read([&](node::Transaction& transaction) -> Status {
    TAUT_TRY(outbox, transaction.outgoing_count());
    return {};
  });
  if (!read) findings.push_back(wrong(state_failure(*node.store, read.error()).error()));
  if (outbox > 0)
    findings.push_back(hint("The outbox holds " + counted(outbox, "message") + " of unknown outcome",
                            "Ask again: taut outbox retry"));
}

Findings examine(Context& context) {
  Findings findings{clock()};
  const auto has_identity = has_node(context);
  if (!has_identity)
    findings.push_back(wrong(has_identity.error()));
  else if (!*has_identity)
    findings.push_back(hint("There is no identity in '" + context.home.folder.string() + "' yet",
                            "Make one: taut init --name NAME"));
  else if (const auto node = open_node(context); !node)
    findings.push_back(wrong(node.error()));
  else
    examine_node(*node, context, findings);
  return findings;
}

Done print(const Context& context, const Findings& findings) {
  Json all = Json::array();
  std::string lines;
  for (const Finding& finding : findings) {
    all.push_back({{"health", name_of(finding.health)}, {"what", finding.what}, {"next", finding.next}});
    lines += std::string(name_of(finding.health)) + ": " + finding.what +
             (finding.next.empty() ? "" : ". " + finding.next) + "\n";
  }
  const bool is_well =
      std::ranges::none_of(findings, [](const Finding& one) { return one.health == Health::wrong; });
  if (!context.out.is_json()) return context.out.print(lines);
  return context.out.print(line_of({{"v", kJsonVersion}, {"ok", is_well}, {"findings", std::move(all)}}));
}

}  // namespace

Done run(const DoctorRequest&, Context& context) {
  const Findings findings = examine(context);
  TAUT_CHECK(print(context, findings));
  const auto worst = std::ranges::find(findings, Health::wrong, &Finding::health);
  if (worst == findings.end()) return {};
  return failure(worst->exit, "unwell", "Something is wrong", "The list above says what, and how to mend it");
}

}  // namespace taut::cli
