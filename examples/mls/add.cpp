#include "examples.hpp"

namespace taut::mls::examples {

// [add]
Result<Group> add(Group& alice, const Client& bob, Random& random, Time now) {
  // Bob publishes a KeyPackage, and keeps the private keys until a Welcome comes.
  const Lifetime a_month = lifetime_from(*now.wall, std::chrono::hours(24 * 30));
  TAUT_TRY(const OwnKeyPackage own, bob.make_key_package(a_month, random));

  // Alice commits to adding him. Nothing has changed yet: the commit goes to the group's log.
  TAUT_TRY(const SentCommit sent, alice.commit({.proposals = {{Add{own.key_package}}}}, now));

  // It comes back in the log's order, to Alice as to everyone, and is merged. Now Bob may be told.
  TAUT_TRY(Received received, alice.receive(sent.commit, now));
  TAUT_CHECK(alice.merge(std::get<StagedCommit>(std::move(received)), now));
  return Group::join({.random = random}, own, *sent.welcome);
}
// [add]

}  // namespace taut::mls::examples
