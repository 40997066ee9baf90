#include "examples.hpp"

namespace taut::mls::examples {

// [create]
Result<Group> create(const Client& alice, Random& random, Time now) {
  GroupId group_id;
  group_id.bytes.resize(32);
  random.fill(group_id.bytes);
  const Lifetime a_month = lifetime_from(*now.wall, std::chrono::hours(24 * 30));
  return Group::create({.random = random}, alice, std::move(group_id), a_month);
}
// [create]

}  // namespace taut::mls::examples
