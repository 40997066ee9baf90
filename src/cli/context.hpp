#pragma once
// What every command works with.

#include "cli/home.hpp"
#include "cli/output.hpp"
#include "identity/card.hpp"
#include "node/self.hpp"
#include "run/system_random.hpp"
#include "store/node_store.hpp"

namespace taut::cli {

struct Context {
  Output out;
  Home home;
  run::SystemRandom random;
};

/// What comes on standard input, at most 64 KiB.
std::string read_standard_input();

/// Both clocks, now.
node::Moment moment();

/// The state file, which may hold no identity yet.
Outcome<std::unique_ptr<store::NodeStore>> open_store(const Context& context);
/// The same, without making one. nullptr: nothing is set up here.
Outcome<std::unique_ptr<store::NodeStore>> open_store_if_there(const Context& context);

/// Whether there is an identity here.
Outcome<bool> has_node(const Context& context);

/// A state file with an identity in it.
struct OpenNode {
  std::unique_ptr<store::NodeStore> store;
  node::Self self;
};
/// @errors not_found (no_identity); storage; usage
Outcome<OpenNode> open_node(Context& context);

/// A failure of the state file, or of what is in it, while a command works with it.
/// Of the own identity: what comes next is another one.
std::unexpected<Failure> own_revoked();
std::unexpected<Failure> state_failure(const store::NodeStore& store, const Error& error);

/// What the store says in its own words.
std::unexpected<Failure> failure_of(const store::Failure& why);

/// @param link  a link, or `-`: on stdin
/// @errors usage: link_cut, link_wrong, …
Outcome<identity::SignedCard> card_from_link(const std::string& link);

/// The name on a card, or the node ID where it has none: for sentences.
std::string title_of(const identity::SignedCard& card);

}  // namespace taut::cli
