#pragma once
// Groups for tests: people by name, and an ordered log that everybody reads.

#include <doctest/doctest.h>

#include <deque>
#include <map>
#include <string>

#include "mls/group.hpp"
#include "support/seeded_random.hpp"

namespace taut::mls::test {

/// The value, or a failed test that names the error.
template <class T>
T must(Result<T> result) {
  if (!result) FAIL("an error: " << std::string(result.error().reason.name));
  return *std::move(result);
}
inline void must(Status status) {
  if (!status) FAIL("an error: " << std::string(status.error().reason.name));
}

/// What a call failed with; a success fails the test.
template <class T>
Error error_of(const Result<T>& result) {
  REQUIRE_FALSE(result.has_value());
  return result.error();
}

inline constexpr Time kNow{Instant{std::chrono::seconds(1'000)}, WallTime{1'700'000'000'000}};
inline const Lifetime kLifetime = lifetime_from(*kNow.wall, std::chrono::hours(24 * 30));
inline constexpr auto kSuite = crypto::SuiteId::x25519_aes128gcm_sha256_ed25519;

/// External PSKs, and resumption PSKs of other groups.
class PskBook final : public PskSource {
 public:
  void put(std::string_view psk_id, std::string_view psk) {
    psks_[to_bytes(as_bytes(psk_id))] = to_bytes(as_bytes(psk));
  }
  Result<SecretBytes> external_psk(ByteView psk_id) const override {
    const auto found = psks_.find(to_bytes(psk_id));
    if (found == psks_.end()) return refuse(errors::kMissingPsk);
    return SecretBytes(found->second);
  }
  Result<SecretBytes> resumption_psk(const GroupId&, std::uint64_t) const override {
    return refuse(errors::kMissingPsk);
  }

 private:
  std::map<Bytes, Bytes> psks_;
};

/// Randomness, PSKs and hooks that the groups of one test share.
struct World {
  taut::test::SeededRandom random{42};
  PskBook psks;
  crypto::SuiteId suite = kSuite;

  Hooks hooks() { return {.random = random, .psks = psks}; }

  Client client(std::string_view name) {
    return {suite,
            must(crypto::SignatureKeyPair::generate(crypto::suite(suite).signature, random)),
            Credential::basic(as_bytes(name)),
            our_capabilities(suite),
            {}};
  }
  OwnKeyPackage key_package(const Client& client) { return must(client.make_key_package(kLifetime, random)); }

  Group create(std::string_view name, Settings settings = {}) {
    return must(Group::create(hooks(), client(name), group_id(), kLifetime, {}, settings));
  }
  static GroupId group_id() { return GroupId(as_bytes("the group")); }

  /// Group of these people: the first creates it and adds the others.
  std::vector<Group> group_of(const std::vector<std::string>& names, Settings settings = {});
};

/// The commit is accepted: the sender's is merged, and everyone else's follows.
inline void merge_all(Group& sender, const Bytes& commit, std::initializer_list<Group*> others) {
  must(sender.merge_pending(kNow));
  for (Group* other : others) {
    Received received = must(other->receive(commit, kNow));
    must(other->merge(std::move(std::get<StagedCommit>(received)), kNow));
  }
}

inline StagedCommit staged(Result<Received> received) {
  Received value = must(std::move(received));
  REQUIRE(std::holds_alternative<StagedCommit>(value));
  return std::move(std::get<StagedCommit>(value));
}

inline ApplicationMessage opened(Result<Received> received) {
  Received value = must(std::move(received));
  REQUIRE(std::holds_alternative<ApplicationMessage>(value));
  return std::move(std::get<ApplicationMessage>(value));
}

/// Adds one, with everybody following.
inline Group add(World& world, Group& sender, std::initializer_list<Group*> others, const Client& joiner,
                 Settings settings = {}) {
  const OwnKeyPackage own = world.key_package(joiner);
  const SentCommit sent = must(sender.commit({.proposals = {{Add{own.key_package}}}}, kNow));
  merge_all(sender, sent.commit, others);
  return must(Group::join(world.hooks(), own, *sent.welcome, {.settings = settings}));
}

inline std::vector<Group> World::group_of(const std::vector<std::string>& names, Settings settings) {
  std::vector<Group> groups;
  groups.push_back(create(names.front(), settings));
  std::vector<OwnKeyPackage> owns;
  CommitOptions options;
  for (std::size_t i = 1; i < names.size(); ++i) {
    owns.push_back(key_package(client(names[i])));
    options.proposals.push_back({Add{owns.back().key_package}});
  }
  if (owns.empty()) return groups;
  const SentCommit sent = must(groups.front().commit(std::move(options), kNow));
  must(groups.front().merge_pending(kNow));
  for (const OwnKeyPackage& own : owns)
    groups.push_back(must(Group::join(hooks(), own, *sent.welcome, {.settings = settings})));
  return groups;
}

/// The saved form, for "nothing changed".
inline Bytes snapshot(Group& group) {
  Bytes all;
  for (const Record& record : group.save()) {
    append(all, record.key.encode());
    append(all, record.value.expose());
  }
  return all;
}

inline bool same_epoch(const Group& a, const Group& b) {
  return a.context() == b.context() && equal(a.epoch_authenticator(), b.epoch_authenticator());
}

}  // namespace taut::mls::test
