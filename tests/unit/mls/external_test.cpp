// From outside: external commits and proposals (RFC 9420 §12.1.8, §12.4.3.2), SelfRemove in a join.

#include "forger.hpp"
#include "mls/extension_types.hpp"
#include "mls/external_join.hpp"

using namespace taut;
using namespace taut::mls;
using namespace taut::mls::test;

namespace {

const Suite& suite() { return crypto::suite(kSuite); }

struct Fixture {
  World world;
  std::vector<Group> groups;
  Fixture() : groups(world.group_of({"alice", "bob", "carol"})) {}

  Group::ExternalJoin join(const Client& client, ExternalJoinOptions options = {}) {
    return must(
        Group::join_externally(world.hooks(), client, must(groups[0].group_info()), std::move(options)));
  }
  void everyone_merges(const Bytes& commit) {
    for (Group& group : groups) must(group.merge(staged(group.receive(commit, kNow)), kNow));
  }
};

/// An external commit with other proposals than Group::join_externally would make: the same bytes, its
/// content changed and signed again.
Bytes changed_commit(World& world, Group& member, const Client& joiner, auto change) {
  const auto joined = must(Group::join_externally(world.hooks(), joiner, must(member.group_info()), {}));
  const MlsMessage message = must(decoded<MlsMessage>(joined.commit));
  FramedContent content = message.as<PublicMessage>()->content;
  change(std::get<Commit>(content.content.value));
  const Bytes context = encoded(member.context());
  AuthenticatedContent made =
      must(sign_content(joiner.signature_key, WireFormat::public_message, std::move(content), context));
  made.auth.confirmation_tag = message.as<PublicMessage>()->auth.confirmation_tag;
  return encoded(MlsMessage{PublicMessage{made.content, made.auth, std::nullopt}});
}

/// A message of an external sender, or of one who asks to be added.
Bytes outside_proposal(const Group& group, Sender sender, const crypto::SignatureKeyPair& key,
                       Proposal proposal) {
  FramedContent content{
      group.context().group_id, group.context().epoch, sender, {}, Content{std::move(proposal)}};
  const AuthenticatedContent made =
      must(sign_content(key, WireFormat::public_message, std::move(content), {}));
  return encoded(MlsMessage{PublicMessage{made.content, made.auth, std::nullopt}});
}

}  // namespace

TEST_CASE_FIXTURE(Fixture, "joining by external commit") {
  auto joined = join(world.client("dave"));
  StagedCommit seen = staged(groups[0].receive(joined.commit, kNow));
  CHECK(seen.effects().committer.type() == SenderType::new_member_commit);
  CHECK(seen.effects().committer_leaf == LeafIndex{3});
  everyone_merges(joined.commit);
  for (Group& group : groups) CHECK(same_epoch(group, joined.group));
  must(groups[1].receive(must(joined.group.protect(as_bytes("hello"))), kNow));
  must(joined.group.receive(must(groups[2].protect(as_bytes("welcome"))), kNow));
  const SentCommit next = must(joined.group.commit({}, kNow));
  must(joined.group.merge_pending(kNow));
  everyone_merges(next.commit);
  CHECK(same_epoch(groups[0], joined.group));
}

TEST_CASE_FIXTURE(Fixture, "external_pub has its own length inside the extension") {
  const MlsMessage message = must(decoded<MlsMessage>(must(groups[0].group_info())));
  const Bytes* data = message.as<GroupInfo>()->extensions.find(ExtensionType::external_pub);
  REQUIRE(data != nullptr);
  CHECK(data->size() == 33);
  CHECK(data->front() == 32);
}

TEST_CASE_FIXTURE(Fixture, "coming back in place of an earlier appearance") {
  Client bob{kSuite,
             must(crypto::SignatureKeyPair::generate(suite().signature, world.random)),
             Credential::basic(as_bytes("bob")),
             our_capabilities(kSuite),
             {}};
  auto joined = join(bob, {.replaces = LeafIndex{1}});
  CHECK(joined.group.own_leaf() == LeafIndex{1});
  StagedCommit seen = staged(groups[1].receive(joined.commit, kNow));
  CHECK(seen.effects().removes_me);
  everyone_merges(joined.commit);
  CHECK(groups[1].status() == GroupStatus::removed);
  CHECK(same_epoch(groups[0], joined.group));
  CHECK(joined.group.members().size() == 3);
  // Another person cannot take the leaf: the application judges successors.
  const auto eve = changed_commit(world, groups[0], world.client("eve"), [](Commit& commit) {
    commit.proposals.push_back({Proposal{Remove{{2}}}});
  });
  check_refused(groups[0], eve, errors::kBadCredential);
}

TEST_CASE_FIXTURE(Fixture, "what an external commit may not hold") {
  const Client dave = world.client("dave");
  const auto refuses = [&](auto change, const Error& error) {
    check_refused(groups[0], changed_commit(world, groups[0], dave, change), error);
  };
  refuses([](Commit& commit) { commit.proposals.push_back(commit.proposals.front()); },
          errors::kInvalidProposalList);
  refuses([](Commit& commit) { commit.proposals.clear(); }, errors::kInvalidProposalList);
  refuses([&](Commit& commit) { commit.proposals.push_back({Proposal{Update{commit.path->leaf_node}}}); },
          errors::kInvalidProposalList);
  refuses(
      [](Commit& commit) {
        commit.proposals.push_back({Proposal{Remove{{1}}}});
        commit.proposals.push_back({Proposal{Remove{{2}}}});
      },
      errors::kInvalidProposalList);
  refuses(
      [&](Commit& commit) {
        commit.proposals.push_back({Proposal{Add{world.key_package(world.client("eve")).key_package}}});
      },
      errors::kInvalidProposalList);
  refuses([](Commit& commit) { commit.proposals.push_back({Proposal{GroupContextExtensions{}}}); },
          errors::kInvalidProposalList);
  refuses([](Commit& commit) { commit.path.reset(); }, errors::kPathRequired);
  refuses([](Commit& commit) { commit.proposals.push_back({ProposalRef{Digest(Bytes(32, 1))}}); },
          errors::kMissingProposal);

  const SentProposal update = must(groups[1].propose_update());
  must(groups[0].receive(update.message, kNow));
  refuses([&](Commit& commit) { commit.proposals.push_back({update.ref}); }, errors::kInvalidProposalList);
}

TEST_CASE_FIXTURE(Fixture, "an external join takes pending SelfRemoves along") {
  const SentProposal leaving = must(groups[1].propose({SelfRemove{}}, kNow));
  must(groups[0].receive(leaving.message, kNow));
  must(groups[2].receive(leaving.message, kNow));
  auto joined = join(world.client("dave"), {.self_removes = {leaving.message}});
  everyone_merges(joined.commit);
  CHECK(groups[1].status() == GroupStatus::removed);
  CHECK(joined.group.members().size() == 3);
  CHECK(same_epoch(groups[0], joined.group));
  CHECK(same_epoch(groups[2], joined.group));

  Bytes forged = leaving.message;
  forged[forged.size() - 40] ^= 1;  // in the signature
  CHECK_FALSE(Group::join_externally(world.hooks(), world.client("eve"), must(groups[0].group_info()),
                                     {.self_removes = {forged}})
                  .has_value());
}

TEST_CASE_FIXTURE(Fixture, "a GroupInfo that was touched, or has no external_pub, lets nobody in") {
  const Bytes genuine = must(groups[0].group_info());
  const Client dave = world.client("dave");
  for (std::size_t at = 0; at < genuine.size(); at += 7) {
    Bytes tampered = genuine;
    tampered[at] ^= 0x10;
    CHECK_FALSE(Group::join_externally(world.hooks(), dave, tampered, {}).has_value());
  }
  const Bytes without_tree = must(groups[0].group_info(TreeDelivery::apart));
  CHECK(error_of(Group::join_externally(world.hooks(), dave, without_tree, {})) == errors::kMissingTree);
  auto joined = must(Group::join_externally(world.hooks(), dave, without_tree,
                                            {.join = {.ratchet_tree = groups[0].ratchet_tree()}}));
  everyone_merges(joined.commit);
  CHECK(same_epoch(groups[1], joined.group));
}

TEST_CASE_FIXTURE(Fixture, "joining by external commit with a PSK") {
  world.psks.put("ticket", "a secret");
  const PreSharedKeyId psk = make_psk_id(suite(), ExternalPskId{to_bytes(as_bytes("ticket"))}, world.random);
  auto joined = join(world.client("dave"), {.psks = {psk}});
  everyone_merges(joined.commit);
  CHECK(same_epoch(groups[1], joined.group));
}

TEST_CASE_FIXTURE(Fixture, "external senders propose what the group lets them") {
  const auto service = must(crypto::SignatureKeyPair::generate(suite().signature, world.random));
  const Sender first{ExternalSenderIndex{0}};
  check_refused(groups[0], outside_proposal(groups[0], first, service, {Remove{{2}}}),
                errors::kUnknownSender);

  GroupContextExtensions extensions;
  extensions.extensions.set_as(ExtensionType::external_senders,
                               ExternalSenders{{{SignaturePublicKey(service.public_key.bytes.view()),
                                                 Credential::basic(as_bytes("service"))}}});
  const SentCommit enabled = must(groups[0].commit({.proposals = {{extensions}}}, kNow));
  merge_all(groups[0], enabled.commit, {&groups[1], &groups[2]});

  const auto eve = must(crypto::SignatureKeyPair::generate(suite().signature, world.random));
  check_refused(groups[0], outside_proposal(groups[0], first, eve, {Remove{{2}}}), errors::kBadSignature);
  check_refused(groups[0], outside_proposal(groups[0], {ExternalSenderIndex{1}}, service, {Remove{{2}}}),
                errors::kUnknownSender);
  check_refused(groups[0], outside_proposal(groups[0], first, service, {Update{*groups[0].member({2})}}),
                errors::kMalformed);
  check_refused(groups[0], outside_proposal(groups[0], first, service, {SelfRemove{}}), errors::kMalformed);

  const Bytes proposal = outside_proposal(groups[0], first, service, {Remove{{2}}});
  for (Group& group : groups) must(group.receive(proposal, kNow));
  const SentCommit sent = must(groups[1].commit({}, kNow));
  merge_all(groups[1], sent.commit, {&groups[0], &groups[2]});
  CHECK(groups[2].status() == GroupStatus::removed);
  CHECK(same_epoch(groups[0], groups[1]));
}

TEST_CASE_FIXTURE(Fixture, "one who wants in proposes its own Add") {
  const Client dave = world.client("dave");
  const OwnKeyPackage own = world.key_package(dave);
  const Sender outside{NewMemberProposal{}};
  check_refused(groups[0], outside_proposal(groups[0], outside, dave.signature_key, {Remove{{2}}}),
                errors::kMalformed);
  check_refused(
      groups[0],
      outside_proposal(groups[0], outside, world.client("eve").signature_key, {Add{own.key_package}}),
      errors::kBadSignature);
  const Bytes proposal = outside_proposal(groups[0], outside, dave.signature_key, {Add{own.key_package}});
  for (Group& group : groups) must(group.receive(proposal, kNow));
  const SentCommit sent = must(groups[2].commit({}, kNow));
  merge_all(groups[2], sent.commit, {&groups[0], &groups[1]});
  CHECK(same_epoch(must(Group::join(world.hooks(), own, *sent.welcome)), groups[0]));
}
