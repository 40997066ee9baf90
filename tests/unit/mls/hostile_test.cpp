// What members and strangers may try against a group that is well: to bring keys back, to fill memory, to
// make a small message dear.

#include <algorithm>

#include "forger.hpp"
#include "mls/extension_types.hpp"
#include "mls/external_join.hpp"
#include "mls/own_leaf.hpp"

using namespace taut;
using namespace taut::mls;
using namespace taut::mls::test;

namespace {

const ByteView kHello = as_bytes("hello");

/// The nodes of an epoch's secret tree whose secrets are still there.
std::vector<std::uint32_t> secrets_left(Group& group, std::uint64_t epoch) {
  std::vector<std::uint32_t> nodes;
  for (const Record& record : group.save())
    if (record.key.kind == RecordKind::tree_secret && record.key.epoch == epoch)
      nodes.push_back(record.key.index);
  return nodes;
}

/// A proposal from outside the group, signed by whoever wants in.
Bytes application_to_join(World& world, const Group& group, std::string_view name) {
  const Client client = world.client(name);
  FramedContent content{group.context().group_id,
                        group.context().epoch,
                        {NewMemberProposal{}},
                        {},
                        Content{Proposal{Add{world.key_package(client).key_package}}}};
  const AuthenticatedContent made =
      must(sign_content(client.signature_key, WireFormat::public_message, std::move(content), {}));
  return encoded(MlsMessage{PublicMessage{made.content, made.auth, std::nullopt}});
}

}  // namespace

TEST_CASE("what was consumed while a commit waited to be merged stays consumed") {
  World world;
  auto groups = world.group_of({"alice", "bob", "carol", "dave"});
  const SentCommit sent = must(groups[0].commit({}, kNow));
  StagedCommit waiting = staged(groups[1].receive(sent.commit, kNow));
  // Alice's secret and Carol's, and with them all that stood above.
  must(groups[1].receive(must(groups[0].protect(kHello)), kNow));
  must(groups[1].receive(must(groups[2].protect(kHello)), kNow));
  REQUIRE(secrets_left(groups[1], 1) == std::vector<std::uint32_t>{2, 6});
  must(groups[1].merge(std::move(waiting), kNow));
  CHECK(secrets_left(groups[1], 1) == std::vector<std::uint32_t>{2, 6});
  CHECK(groups[1].context().epoch == 2);
}

TEST_CASE("the key of a commit that was merged is gone, whatever came between") {
  World world;
  auto groups = world.group_of({"alice", "bob", "carol"});
  const auto handshake_keys = [&] {
    std::vector<std::uint32_t> generations;
    for (const Record& record : groups[1].save())
      if (record.key.kind == RecordKind::kept_key) generations.push_back(record.key.generation);
    return generations;
  };
  const SentCommit sent = must(groups[0].commit({}, kNow));
  const Bytes later = must(groups[0].propose_update()).message;
  StagedCommit waiting = staged(groups[1].receive(sent.commit, kNow));
  must(groups[1].receive(later, kNow));  // skips the commit's generation, and keeps its key
  REQUIRE(handshake_keys() == std::vector<std::uint32_t>{0});
  must(groups[1].merge(std::move(waiting), kNow));
  CHECK(handshake_keys().empty());
}

TEST_CASE("a member that was removed merges nothing any more") {
  World world;
  auto groups = world.group_of({"alice", "bob", "carol"});
  const SentCommit lost = must(groups[2].commit({}, kNow));
  const SentCommit won = must(groups[0].commit({.proposals = {{Remove{{1}}}}}, kNow));
  StagedCommit loser = staged(groups[1].receive(lost.commit, kNow));
  must(groups[1].merge(staged(groups[1].receive(won.commit, kNow)), kNow));
  REQUIRE(groups[1].status() == GroupStatus::removed);
  const Bytes before = snapshot(groups[1]);
  CHECK(error_of(groups[1].merge(std::move(loser), kNow)) == errors::kGroupClosed);
  CHECK(snapshot(groups[1]) == before);
}

TEST_CASE("strangers fill half of the room for proposals, and members have the rest") {
  World world;
  auto groups = world.group_of({"alice", "bob"},
                               {.handshake = HandshakeFormat::public_message, .pending_proposals_max = 4});
  must(groups[0].receive(application_to_join(world, groups[0], "eve"), kNow));
  must(groups[0].receive(application_to_join(world, groups[0], "eva"), kNow));
  check_refused(groups[0], application_to_join(world, groups[0], "evi"), errors::kLimit);
  must(groups[0].receive(must(groups[1].propose_update()).message, kNow));
  // What was dropped makes room again.
  groups[0].drop_proposal(groups[0].pending_proposals().front());
  must(groups[0].receive(application_to_join(world, groups[0], "evo"), kNow));
}

TEST_CASE("proposals are bounded by their bytes too, and a saved state counts them again") {
  World world;
  const Settings settings{.handshake = HandshakeFormat::public_message, .pending_proposal_bytes_max = 10'000};
  auto groups = world.group_of({"alice", "bob"}, settings);
  Forger forger(world, groups[0]);
  const auto large = [&](Byte fill) {
    return forger.propose({CustomProposal{ProposalType{0xf123}, Bytes(4'000, fill)}});
  };
  must(groups[1].receive(large(1), kNow));
  must(groups[1].receive(large(2), kNow));
  check_refused(groups[1], large(3), errors::kLimit);
  groups[1] = must(Group::load(world.hooks(), groups[1].save(), kNow));
  check_refused(groups[1], large(3), errors::kLimit);
  groups[1].drop_proposal(groups[1].pending_proposals().front());
  must(groups[1].receive(large(3), kNow));
}

TEST_CASE("however long late messages are to open, the time ends") {
  World world;
  auto groups = world.group_of({"alice", "bob"}, {.past_epoch_lifetime = Duration::max()});
  merge_all(groups[0], must(groups[0].commit({}, kNow)).commit, {&groups[1]});
  REQUIRE(groups[1].next_deadline() == kNow.instant + kPastEpochLifetimeMax);
  Group loaded = must(Group::load(world.hooks(), groups[1].save(), kNow));
  CHECK(loaded.next_deadline() == kNow.instant + kPastEpochLifetimeMax);
}

TEST_CASE("X.509 credentials are carried, judged by the application, and saved") {
  World world;
  Client alice = world.client("alice");
  alice.credential = {X509Credential{{to_bytes(as_bytes("end entity")), to_bytes(as_bytes("issuer"))}}};
  Group group = must(Group::create(world.hooks(), alice, World::group_id(), kLifetime));
  Group bob = add(world, group, {}, world.client("bob"));
  const ApplicationMessage got = opened(bob.receive(must(group.protect(kHello)), kNow));
  CHECK(got.credential == alice.credential);
  merge_all(group, must(group.commit({}, kNow)).commit, {&bob});
  Group loaded = must(Group::load(world.hooks(), bob.save(), kNow));
  CHECK(loaded.member({0})->credential == alice.credential);
  CHECK(same_epoch(loaded, group));
}

namespace {

/// Bob may sign whatever he likes: what nobody may commit stays out of everybody's commits.
struct Blocked {
  World world;
  std::vector<Group> groups = world.group_of({"alice", "bob", "carol"});
  Forger forger{world, groups[1]};

  void left_out(std::vector<Proposal> proposals, std::size_t count) {
    for (const Proposal& proposal : proposals)
      for (const std::size_t other : {0U, 2U}) must(groups[other].receive(forger.propose(proposal), kNow));
    const SentCommit sent = must(groups[0].commit({}, kNow));
    CHECK(sent.left_out.size() == count);
    merge_all(groups[0], sent.commit, {&groups[2]});
    CHECK(same_epoch(groups[0], groups[2]));
    CHECK(groups[2].pending_proposals().empty());
  }
};

GroupContextExtensions requiring(ExtensionType type) {
  GroupContextExtensions made;
  made.extensions.set_as(ExtensionType::required_capabilities, RequiredCapabilities{{type}, {}, {}});
  return made;
}

}  // namespace

TEST_CASE_FIXTURE(Blocked, "nobody stops the group: a type that members do not support") {
  left_out({{CustomProposal{ProposalType{0xf123}, {}}}}, 1);
}

TEST_CASE_FIXTURE(Blocked, "nobody stops the group: a PSK with a short nonce") {
  world.psks.put("shared", "a secret");
  left_out({{PreSharedKey{{ExternalPskId{to_bytes(as_bytes("shared"))}, Bytes(3)}}}}, 1);
}

TEST_CASE_FIXTURE(Blocked, "nobody stops the group: extensions that ask for what members lack") {
  left_out({{requiring(ExtensionType{0xf001})}}, 1);
}

TEST_CASE_FIXTURE(Blocked, "nobody stops the group: an Update that is somebody else") {
  NewLeaf leaf = NewLeaf::like(*groups[1].member({1}));
  leaf.credential = Credential::basic(as_bytes("mallory"));
  NewUpdate update = must(make_update_leaf(crypto::suite(kSuite), std::move(leaf), {World::group_id(), {1}},
                                           forger.state().signature_key, world.random));
  left_out({{Update{std::move(update.leaf_node)}}}, 1);
}

TEST_CASE_FIXTURE(Blocked, "nobody stops the group: proposals that hold alone and not together") {
  Client dave = world.client("dave");
  dave.capabilities.extensions.clear();
  const KeyPackage key_package = world.key_package(dave).key_package;
  left_out({{Add{key_package}}, {requiring(ExtensionType::last_resort)}}, 1);
  CHECK(groups[0].members().size() == 4);
}
