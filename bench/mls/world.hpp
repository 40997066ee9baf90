#pragma once
// Groups to measure: fresh ones, whose parents are all blank, and filled ones, as they are when every pair
// of neighbours has committed.

#include "mls/group.hpp"
#include "support/seeded_random.hpp"

namespace taut::bench {

[[noreturn]] void stop(const char* what, const Error& error);
/// The value, or the end of the program.
template <class T>
T must(Result<T> result, const char* what) {
  if (!result) stop(what, result.error());
  return *std::move(result);
}

/// Two of a group's members: one acts, the other follows.
struct Pair {
  mls::Group actor;
  mls::Group follower;
};

class World {
 public:
  explicit World(std::uint32_t member_count);

  mls::Hooks hooks() { return {.random = random_}; }
  static mls::Time now() { return {.instant = {}, .wall = WallTime{1'700'000'000'000}}; }
  const mls::Client& client() const { return clients_.front(); }
  mls::KeyPackage new_key_package();

  mls::Group alone();
  /// Everyone else, to be added by whoever is first.
  mls::CommitOptions add_others(mls::PathChoice path) const;
  /// The last one joins by this.
  mls::Group join_last(const mls::SentCommit& sent);

  /// Leaves 0 and the last one of a group with all parents blank.
  Pair blank_pair();
  /// The same members of one with all parents filled.
  /// @param welcome  if not null: set to the Welcome that the last one joined by
  Pair filled_pair(Bytes* welcome = nullptr);
  mls::Group join_last(ByteView welcome);

  std::uint32_t member_count() const { return static_cast<std::uint32_t>(clients_.size()); }

 private:
  friend class FilledTree;
  mls::Client new_client();

  test::SeededRandom random_{9420};
  std::vector<mls::Client> clients_;
  std::vector<mls::OwnKeyPackage> key_packages_;
};

}  // namespace taut::bench
