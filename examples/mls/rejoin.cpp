#include "examples.hpp"

namespace taut::mls::examples {

// [rejoin]
Result<Group> rejoin(const Client& bob, const Group& alice, LeafIndex old_leaf, Bytes& commit,
                     Random& random) {
  // Bob lost his state. Any member can give him a GroupInfo of the epoch that is.
  TAUT_TRY(const Bytes group_info, alice.group_info());

  // He adds himself by an external commit, which removes what was left of him. The group is as it will
  // be when the commit was accepted; when another one wins, he begins again with a newer GroupInfo.
  TAUT_TRY(Group::ExternalJoin joined,
           Group::join_externally({.random = random}, bob, group_info, {.replaces = old_leaf}));
  commit = std::move(joined.commit);
  return std::move(joined.group);
}
// [rejoin]

}  // namespace taut::mls::examples
