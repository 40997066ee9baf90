#pragma once
// Who may put how much into the own inbox: tokens for contacts, given end to end, and the rule that
// dispatchers keep (docs/protocol/dispatcher.md, "Shares").

#include "base/random.hpp"
#include "frame/access.hpp"
#include "node/store.hpp"

namespace taut::node {

enum class Openness : std::uint8_t {
  anybody = 0,   ///< no shares: who knows the link fills the inbox like a contact
  contacts = 1,  ///< token holders have most of it, strangers a little, and one answer
};

/// IDs of tokens that are called off; the oldest is forgotten first.
inline constexpr std::size_t kCalledOffMax = 256;

struct Access {
  frame::DeliveryKey key;
  Openness openness = Openness::anybody;
  /// Dispatchers were told a key at some time: they are told when it does not hold any more.
  enum class Told : std::uint8_t { never = 0, once = 1 } told = Told::never;
  std::vector<frame::DeliveryTokenId> called_off;  ///< in the order of time
};
/// Draws the key where there is none yet.
Result<Access> load_access(Transaction& transaction, Random& random);
Status set_openness(Store& store, Openness openness, Random& random);

/// What a contact shows to dispatchers of ours.
Bytes token_for(const Access& access, const NodeId& own, const NodeId& contact);
/// The contact's token does not hold any more; or again.
Status call_off_token(Transaction& transaction, const NodeId& contact);
Status restore_token(Transaction& transaction, const NodeId& contact);

/// What dispatchers are to be told; nothing, where they never were.
struct AccessRule {
  Bytes key;                                       ///< empty: no rule
  std::vector<frame::DeliveryTokenId> called_off;  ///< ascending
};
Result<std::optional<AccessRule>> access_rule(Transaction& transaction);

}  // namespace taut::node
