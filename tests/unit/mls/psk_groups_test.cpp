// Pre-shared keys between epochs and groups: application, re-initialisation, branching (RFC 9420 §8.4,
// §11.2, §11.3).

#include "group_world.hpp"
#include "mls/psk.hpp"

using namespace taut;
using namespace taut::mls;
using namespace taut::mls::test;

namespace {

const Suite& suite() { return crypto::suite(kSuite); }

Proposal resumption(World& world, std::uint64_t epoch) {
  return {PreSharedKey{make_psk_id(
      suite(), ResumptionPskId{ResumptionPskUsage::application, World::group_id(), epoch}, world.random)}};
}

struct Fixture {
  World world;
  std::vector<std::string> names{"alice", "bob", "carol"};
  std::vector<Group> groups;
  Fixture() : groups(world.group_of(names)) {}

  void empty_commit() {
    merge_all(groups[0], must(groups[0].commit({}, kNow)).commit, {&groups[1], &groups[2]});
  }
  /// Fresh KeyPackages of everyone but the first.
  std::vector<OwnKeyPackage> fresh() {
    std::vector<OwnKeyPackage> owns;
    for (std::size_t i = 1; i < names.size(); ++i) owns.push_back(world.key_package(world.client(names[i])));
    return owns;
  }
  static std::vector<KeyPackage> key_packages(const std::vector<OwnKeyPackage>& owns) {
    std::vector<KeyPackage> list;
    for (const OwnKeyPackage& own : owns) list.push_back(own.key_package);
    return list;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a resumption PSK of a remembered epoch ties epochs together") {
  empty_commit();
  empty_commit();
  const SentCommit sent =
      must(groups[1].commit({.proposals = {resumption(world, 1), resumption(world, 3)}}, kNow));
  merge_all(groups[1], sent.commit, {&groups[0], &groups[2]});
  CHECK(same_epoch(groups[0], groups[2]));
  CHECK(must(groups[0].resumption_psk(1)).equals(must(groups[2].resumption_psk(1))));
}

TEST_CASE_FIXTURE(Fixture, "resumption PSKs are bounded") {
  for (int i = 0; i < 12; ++i) empty_commit();
  CHECK(error_of(groups[0].resumption_psk(1)) == errors::kMissingPsk);
  CHECK(error_of(groups[0].resumption_psk(4)) == errors::kMissingPsk);
  must(groups[0].resumption_psk(5));
  CHECK(error_of(groups[0].commit({.proposals = {resumption(world, 2)}}, kNow)) == errors::kMissingPsk);
}

TEST_CASE_FIXTURE(Fixture, "a joiner needs the PSKs of its Welcome") {
  world.psks.put("shared", "a secret");
  const OwnKeyPackage own = world.key_package(world.client("dave"));
  const Proposal psk{
      PreSharedKey{make_psk_id(suite(), ExternalPskId{to_bytes(as_bytes("shared"))}, world.random)}};
  const SentCommit sent = must(groups[0].commit({.proposals = {{Add{own.key_package}}, psk}}, kNow));
  merge_all(groups[0], sent.commit, {&groups[1], &groups[2]});
  CHECK(error_of(Group::join({.random = world.random}, own, *sent.welcome)) == errors::kMissingPsk);
  PskBook wrong;
  wrong.put("shared", "another secret");
  CHECK(error_of(Group::join({.random = world.random, .psks = wrong}, own, *sent.welcome)) ==
        errors::kBadTag);
  CHECK(same_epoch(must(Group::join(world.hooks(), own, *sent.welcome)), groups[1]));
}

TEST_CASE_FIXTURE(Fixture, "re-initialising: the old group closes, the new one has the same people") {
  Extensions extensions;
  ReInit reinit{GroupId(as_bytes("the next group")), ProtocolVersion::mls10,
                crypto::SuiteId::x25519_chacha20poly1305_sha256_ed25519, extensions};
  const SentCommit sent = must(groups[0].commit({.proposals = {{reinit}}}, kNow));
  merge_all(groups[0], sent.commit, {&groups[1], &groups[2]});
  for (Group& group : groups) {
    CHECK(group.status() == GroupStatus::reinitialized);
    CHECK(error_of(group.protect(as_bytes("closed"))) == errors::kGroupClosed);
  }
  Client alice = world.client("alice");
  CHECK(error_of(groups[0].reinitialize(alice, kLifetime, key_packages(fresh()), kNow)) ==
        errors::kUnsupportedSuite);
  world.suite = reinit.cipher_suite;
  alice = world.client("alice");
  const auto owns = fresh();
  auto next = must(groups[0].reinitialize(alice, kLifetime, key_packages(owns), kNow));
  CHECK(next.group.context().group_id == reinit.group_id);
  CHECK(next.group.context().epoch == 1);
  for (std::size_t i = 1; i < 3; ++i) {
    CHECK(error_of(Group::join(world.hooks(), owns[i - 1], next.welcome)) == errors::kMissingPsk);
    const Group joined =
        must(Group::join(world.hooks(), owns[i - 1], next.welcome, {.previous = &groups[i]}));
    CHECK(same_epoch(joined, next.group));
  }
}

TEST_CASE_FIXTURE(Fixture, "re-initialising leaves nobody behind, and only after a ReInit") {
  CHECK(error_of(groups[0].reinitialize(world.client("alice"), kLifetime, key_packages(fresh()), kNow)) ==
        errors::kNotPermitted);
  const SentCommit sent = must(groups[0].commit(
      {.proposals = {{ReInit{GroupId(as_bytes("next")), ProtocolVersion::mls10, kSuite, {}}}}}, kNow));
  merge_all(groups[0], sent.commit, {&groups[1], &groups[2]});
  auto some = key_packages(fresh());
  some.pop_back();
  CHECK(error_of(groups[0].reinitialize(world.client("alice"), kLifetime, some, kNow)) ==
        errors::kNotPermitted);
}

TEST_CASE_FIXTURE(Fixture, "branching: a part of the people, the old group as it was") {
  const auto owns = fresh();
  const Bytes before = snapshot(groups[0]);
  auto branch = must(groups[0].branch(world.client("alice"), GroupId(as_bytes("a branch")), kLifetime,
                                      {owns[1].key_package}, kNow));
  CHECK(snapshot(groups[0]) == before);
  const Group joined = must(Group::join(world.hooks(), owns[1], branch.welcome, {.previous = &groups[2]}));
  CHECK(same_epoch(joined, branch.group));
  CHECK(joined.members().size() == 2);
  const OwnKeyPackage stranger = world.key_package(world.client("eve"));
  CHECK(error_of(groups[0].branch(world.client("alice"), GroupId(as_bytes("another")), kLifetime,
                                  {stranger.key_package}, kNow)) == errors::kNotPermitted);
}
