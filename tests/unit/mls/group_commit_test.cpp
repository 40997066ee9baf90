// Commits: staged, merged or dropped; own ones that come back; races that are lost.

#include "forger.hpp"

using namespace taut;
using namespace taut::mls;
using namespace taut::mls::test;

TEST_CASE("create, add, update, remove: everyone agrees") {
  World world;
  auto groups = world.group_of({"alice", "bob", "carol"});
  CHECK(same_epoch(groups[0], groups[1]));
  Group dave = add(world, groups[1], {&groups[0], &groups[2]}, world.client("dave"));
  CHECK(same_epoch(dave, groups[2]));
  CHECK(dave.members().size() == 4);

  const SentProposal update = must(groups[2].propose_update());
  for (Group* other : {&groups[0], &groups[1], &dave}) must(other->receive(update.message, kNow));
  const SentCommit sent = must(groups[0].commit({.proposals = {{Remove{{1}}}}}, kNow));
  StagedCommit seen = staged(groups[2].receive(sent.commit, kNow));
  CHECK(seen.effects().updated == std::vector<LeafIndex>{{2}});
  CHECK(seen.effects().removed == std::vector<LeafIndex>{{1}});
  CHECK(seen.effects().committer_leaf == LeafIndex{0});
  must(groups[2].merge(std::move(seen), kNow));
  merge_all(groups[0], sent.commit, {&dave});
  CHECK(same_epoch(groups[0], groups[2]));
  CHECK(same_epoch(groups[0], dave));

  StagedCommit farewell = staged(groups[1].receive(sent.commit, kNow));
  CHECK(farewell.effects().removes_me);
  must(groups[1].merge(std::move(farewell), kNow));
  CHECK(groups[1].status() == GroupStatus::removed);
  CHECK(error_of(groups[1].protect(as_bytes("still here?"))) == errors::kGroupClosed);
  CHECK(error_of(groups[1].commit({}, kNow)) == errors::kGroupClosed);
  CHECK(error_of(groups[1].export_secret("x", {}, 32)) == errors::kGroupClosed);
  CHECK(error_of(groups[1].group_info()) == errors::kGroupClosed);
  CHECK(error_of(groups[1].receive(must(groups[0].protect(as_bytes("after"))), kNow)) ==
        errors::kGroupClosed);
}

TEST_CASE("a removed member opens what was under way, and nothing later") {
  World world;
  auto groups = world.group_of({"alice", "bob"});
  const Bytes under_way = must(groups[0].protect(as_bytes("before")));
  const SentCommit sent = must(groups[0].commit({.proposals = {{Remove{{1}}}}}, kNow));
  merge_all(groups[0], sent.commit, {&groups[1]});
  CHECK(opened(groups[1].receive(under_way, kNow)).data.size() == 6);
  // Nor does its saved form hold a secret of the group that it left.
  for (const Record& record : groups[1].save()) CHECK(record.key.kind != RecordKind::pending_commit);
  Group restored = must(Group::load(world.hooks(), groups[1].save(), kNow));
  CHECK(restored.status() == GroupStatus::removed);
  CHECK(restored.epoch_authenticator().empty());
}

TEST_CASE("an own commit that comes back from the log is known by its hash, and merged") {
  World world;
  auto groups = world.group_of({"alice", "bob"});
  for (const HandshakeFormat format : {HandshakeFormat::private_message, HandshakeFormat::public_message}) {
    auto pair = world.group_of({"carol", "dave"}, {.handshake = format});
    const SentCommit sent = must(pair[0].commit({}, kNow));
    const Bytes before = snapshot(pair[0]);
    StagedCommit own = staged(pair[0].receive(sent.commit, kNow));
    CHECK(own.is_own());
    CHECK(snapshot(pair[0]) == before);
    must(pair[0].merge(std::move(own), kNow));
    CHECK_FALSE(pair[0].has_pending_commit());
    must(pair[1].merge(staged(pair[1].receive(sent.commit, kNow)), kNow));
    CHECK(same_epoch(pair[0], pair[1]));
  }
}

TEST_CASE("a lost race drops the pending commit, and says what to send again") {
  World world;
  auto groups = world.group_of({"alice", "bob", "carol"});
  const OwnKeyPackage dave = world.key_package(world.client("dave"));
  const SentProposal mine = must(groups[0].propose({Add{dave.key_package}}, kNow));
  const SentCommit lost = must(groups[0].commit({.proposals = {{Remove{{2}}}}}, kNow));
  const SentCommit won = must(groups[1].commit({}, kNow));  // has not seen Alice's proposal

  Merged merged = must(groups[0].merge(staged(groups[0].receive(won.commit, kNow)), kNow));
  CHECK_FALSE(groups[0].has_pending_commit());
  REQUIRE(merged.to_resend.size() == 2);
  CHECK(merged.to_resend[0].as<Add>() != nullptr);
  CHECK(merged.to_resend[1].as<Remove>() != nullptr);
  must(groups[1].merge_pending(kNow));
  CHECK(same_epoch(groups[0], groups[1]));
  // The commit that lost is of a past epoch now.
  CHECK(error_of(groups[1].receive(lost.commit, kNow)) == errors::kPastEpoch);
  CHECK(error_of(groups[0].receive(lost.commit, kNow)) == errors::kPastEpoch);
}

TEST_CASE("what the winner made void need not be sent again") {
  World world;
  auto groups = world.group_of({"alice", "bob", "carol"});
  must(groups[0].commit({.proposals = {{Remove{{2}}}}}, kNow));
  const SentCommit won = must(groups[1].commit({.proposals = {{Remove{{2}}}}}, kNow));
  CHECK(must(groups[0].merge(staged(groups[0].receive(won.commit, kNow)), kNow)).to_resend.empty());
}

TEST_CASE("an own commit tells its maker what it tells everyone else") {
  World world;
  auto groups = world.group_of({"alice", "bob", "carol"});
  CommitOptions options{.proposals = {{Remove{{2}}}}};
  options.authenticated_data = to_bytes(as_bytes("beside"));
  const SentCommit sent = must(groups[0].commit(std::move(options), kNow));
  const StagedCommit own = staged(groups[0].receive(sent.commit, kNow));
  const StagedCommit seen = staged(groups[1].receive(sent.commit, kNow));
  CHECK(own.is_own());
  CHECK(equal(own.effects().authenticated_data, as_bytes("beside")));
  CHECK(equal(seen.effects().authenticated_data, as_bytes("beside")));
  CHECK(own.effects().removed == seen.effects().removed);
  CHECK(own.effects().epoch == seen.effects().epoch);
}

TEST_CASE("a commit tells the extensions that its epoch has, and whom it adds") {
  World world;
  auto groups = world.group_of({"alice", "bob"});
  const OwnKeyPackage carol = world.key_package(world.client("carol"));
  const OwnKeyPackage dave = world.key_package(world.client("dave"));
  GroupContextExtensions change;
  change.extensions.set_as(ExtensionType::required_capabilities,
                           RequiredCapabilities{{}, {ProposalType::self_remove}, {}});
  const SentCommit sent = must(
      groups[0].commit({.proposals = {{Add{carol.key_package}}, {Add{dave.key_package}}, {change}}}, kNow));
  for (Group& group : groups) {
    const StagedCommit commit = staged(group.receive(sent.commit, kNow));
    const CommitEffects& effects = commit.effects();
    CHECK(effects.added == std::vector{LeafIndex(2), LeafIndex(3)});
    CHECK(effects.added_credentials ==
          std::vector{Credential::basic(as_bytes("carol")), Credential::basic(as_bytes("dave"))});
    CHECK(effects.new_extensions == change.extensions);
  }
  const SentCommit plain = must(groups[1].commit({}, kNow));
  CHECK_FALSE(staged(groups[0].receive(plain.commit, kNow)).effects().new_extensions.has_value());
}

TEST_CASE("the epoch that a pending commit would begin can be exported from, also after a restart") {
  World world;
  auto groups = world.group_of({"alice", "bob"});
  const auto next = [](Group& group) {
    return group.export_pending_secret("label", as_bytes("context"), 32);
  };
  CHECK(error_of(next(groups[0])) == errors::kMisuse);
  const SentCommit sent = must(groups[0].commit({}, kNow));
  const SecretBytes before = must(next(groups[0]));
  Group loaded = must(Group::load(world.hooks(), groups[0].save(), kNow));
  CHECK(equal(must(next(loaded)).expose(), before.expose()));
  CHECK_FALSE(
      equal(must(groups[0].export_secret("label", as_bytes("context"), 32)).expose(), before.expose()));
  merge_all(groups[0], sent.commit, {&groups[1]});
  for (const Group& group : groups)
    CHECK(equal(must(group.export_secret("label", as_bytes("context"), 32)).expose(), before.expose()));
  CHECK(error_of(next(groups[0])) == errors::kMisuse);
}

TEST_CASE("the log refused one's own commit, and another's is applied") {
  World world;
  auto groups = world.group_of({"alice", "bob"});
  const SentCommit refused = must(groups[0].commit({}, kNow));
  CHECK(error_of(groups[0].commit({}, kNow)) == errors::kPendingCommit);
  groups[0].drop_pending();
  CHECK(error_of(groups[0].receive(refused.commit, kNow)) == errors::kOwnMessage);
  const SentCommit other = must(groups[1].commit({}, kNow));
  merge_all(groups[1], other.commit, {&groups[0]});
  CHECK(same_epoch(groups[0], groups[1]));
}

TEST_CASE("a staged commit that is dropped leaves no trace, and may be staged again") {
  World world;
  auto groups = world.group_of({"alice", "bob"});
  const SentCommit sent = must(groups[0].commit({}, kNow));
  const Bytes before = snapshot(groups[1]);
  {
    const StagedCommit dropped = staged(groups[1].receive(sent.commit, kNow));
  }
  CHECK(snapshot(groups[1]) == before);
  StagedCommit first = staged(groups[1].receive(sent.commit, kNow));
  StagedCommit second = staged(groups[1].receive(sent.commit, kNow));
  must(groups[1].merge(std::move(first), kNow));
  CHECK(error_of(groups[1].merge(std::move(second), kNow)) == errors::kWrongEpoch);
}

TEST_CASE("creating a commit changes nothing but what it must remember") {
  World world;
  auto groups = world.group_of({"alice", "bob"}, {.handshake = HandshakeFormat::public_message});
  const Bytes before = snapshot(groups[0]);
  must(groups[0].commit({}, kNow));
  groups[0].drop_pending();
  CHECK(snapshot(groups[0]) == before);
  // And one that fails, nothing at all.
  const auto too_far = groups[0].commit({.proposals = {{Remove{{9}}}}}, kNow);
  CHECK(error_of(too_far) == errors::kNoSuchLeaf);
  CHECK(snapshot(groups[0]) == before);
}

TEST_CASE("a commit needs a path unless it only adds, injects PSKs or re-initialises") {
  World world;
  world.psks.put("shared", "a secret that both have");
  auto groups = world.group_of({"alice", "bob"}, {.handshake = HandshakeFormat::public_message});
  const auto path_of = [](const Bytes& message) {
    const MlsMessage read = must(decoded<MlsMessage>(message));
    return read.as<PublicMessage>()->content.content.as<Commit>()->path.has_value();
  };
  const PreSharedKeyId psk =
      make_psk_id(crypto::suite(kSuite), ExternalPskId{to_bytes(as_bytes("shared"))}, world.random);
  const OwnKeyPackage carol = world.key_package(world.client("carol"));
  CommitOptions no_path{.proposals = {{Add{carol.key_package}}, {PreSharedKey{psk}}},
                        .path = PathChoice::if_required};
  const SentCommit sent = must(groups[0].commit(std::move(no_path), kNow));
  CHECK_FALSE(path_of(sent.commit));
  merge_all(groups[0], sent.commit, {&groups[1]});
  Group third = must(Group::join(world.hooks(), carol, *sent.welcome));
  CHECK(same_epoch(groups[0], third));
  CHECK(same_epoch(groups[1], third));

  const SentCommit empty = must(groups[0].commit({.path = PathChoice::if_required}, kNow));
  CHECK(path_of(empty.commit));
  merge_all(groups[0], empty.commit, {&groups[1], &third});

  Forger forger(world, groups[0]);
  check_refused(groups[1], forger.commit_of({}), errors::kPathRequired);
  check_refused(groups[1], forger.commit_of({{Proposal{Remove{{2}}}}}), errors::kPathRequired);
  check_refused(groups[1], forger.commit_of({{Proposal{GroupContextExtensions{}}}}), errors::kPathRequired);
}

TEST_CASE("wrong tags and signatures are told apart") {
  World world;
  auto groups = world.group_of({"alice", "bob"});
  Forger forger(world, groups[0]);
  const Content add{Commit{{{Proposal{Add{world.key_package(world.client("carol")).key_package}}}}, {}}};
  const auto changed = [&](auto change) {
    return forger.protect_changed(add, WireFormat::public_message, change);
  };
  check_refused(groups[1], changed([](AuthenticatedContent&) {}), errors::kBadConfirmationTag);
  check_refused(groups[1], changed([](AuthenticatedContent& content) { content.auth.signature[5] ^= 1; }),
                errors::kBadSignature);
  Bytes membership = changed([](AuthenticatedContent&) {});
  membership.back() ^= 1;
  check_refused(groups[1], membership, errors::kBadMembershipTag);
  check_refused(groups[1],
                changed([](AuthenticatedContent& content) { content.content.sender = Sender::member({7}); }),
                errors::kUnknownSender);
}

TEST_CASE("a member may change its credential's key, and sign with the new one afterwards") {
  World world;
  auto groups = world.group_of({"alice", "bob"});
  const auto next = [&] {
    return must(crypto::SignatureKeyPair::generate(crypto::SignatureId::ed25519, world.random));
  };
  const SentProposal update = must(groups[1].propose_update({.signature_key = next()}));
  must(groups[0].receive(update.message, kNow));
  const SentCommit sent = must(groups[0].commit({.leaf = {.signature_key = next()}}, kNow));
  merge_all(groups[0], sent.commit, {&groups[1]});
  CHECK(same_epoch(groups[0], groups[1]));
  must(groups[1].receive(must(groups[0].protect(as_bytes("a"))), kNow));
  must(groups[0].receive(must(groups[1].protect(as_bytes("b"))), kNow));
}

TEST_CASE("a commit covers what fits together, and says what it leaves out") {
  World world;
  auto groups = world.group_of({"alice", "bob", "carol", "dave"});
  const SentProposal update = must(groups[1].propose_update());
  const SentProposal remove = must(groups[2].propose({Remove{{1}}}, kNow));
  const SentProposal again = must(groups[3].propose({Remove{{1}}}, kNow));
  const SentProposal alice = must(groups[3].propose({Remove{{0}}}, kNow));
  const SentProposal reinit =
      must(groups[2].propose({ReInit{GroupId(as_bytes("new")), ProtocolVersion::mls10, kSuite, {}}}, kNow));
  for (const SentProposal* one : {&update, &remove, &again, &alice, &reinit})
    must(groups[0].receive(one->message, kNow));
  const SentCommit sent = must(groups[0].commit({}, kNow));
  std::map<ProposalRef, Error> left_out(sent.left_out.begin(), sent.left_out.end());
  CHECK(left_out.size() == 4);
  for (const SentProposal* one : {&update, &alice, &reinit}) CHECK(left_out.contains(one->ref));
  CHECK(left_out.contains(remove.ref) != left_out.contains(again.ref));
  must(groups[0].merge_pending(kNow));
  CHECK(groups[0].members().size() == 3);
}

TEST_CASE("a proposal that a receiver lacks is asked for") {
  World world;
  auto groups = world.group_of({"alice", "bob", "carol"});
  const SentProposal update = must(groups[1].propose_update());
  must(groups[0].receive(update.message, kNow));
  const SentCommit sent = must(groups[0].commit({}, kNow));
  check_refused(groups[2], sent.commit, errors::kMissingProposal);
  must(groups[2].receive(update.message, kNow));
  must(groups[2].merge(staged(groups[2].receive(sent.commit, kNow)), kNow));
  must(groups[0].merge_pending(kNow));
  must(groups[1].merge(staged(groups[1].receive(sent.commit, kNow)), kNow));
  CHECK(same_epoch(groups[1], groups[2]));
}

TEST_CASE("pending proposals are bounded, and a duplicate counts once") {
  World world;
  auto groups = world.group_of({"alice", "bob"},
                               {.handshake = HandshakeFormat::public_message, .pending_proposals_max = 2});
  const Bytes first = must(groups[0].propose_update()).message;
  const Bytes second = must(groups[0].propose_update()).message;
  Forger forger(world, groups[0]);
  const Bytes third = forger.propose({Remove{{1}}});
  must(groups[1].receive(first, kNow));
  must(groups[1].receive(first, kNow));
  must(groups[1].receive(second, kNow));
  CHECK(groups[1].pending_proposals().size() == 2);
  check_refused(groups[1], third, errors::kLimit);
  CHECK(error_of(groups[0].propose_update()) == errors::kLimit);
}

TEST_CASE("an unmerged leaf receives a path from the other subtree") {
  World world;
  auto groups = world.group_of({"a", "b", "c", "d"});
  for (std::size_t sender = 0; sender < 4; ++sender) {  // fill every parent
    const SentCommit sent = must(groups[sender].commit({}, kNow));
    must(groups[sender].merge_pending(kNow));
    for (std::size_t i = 0; i < 4; ++i)
      if (i != sender) must(groups[i].merge(staged(groups[i].receive(sent.commit, kNow)), kNow));
  }
  // e, f are added without a path: unmerged at what is above them; then each side commits.
  groups.push_back(add(world, groups[0], {&groups[1], &groups[2], &groups[3]}, world.client("e")));
  groups.push_back(
      add(world, groups[4], {&groups[0], &groups[1], &groups[2], &groups[3]}, world.client("f")));
  for (const std::size_t sender : {0U, 5U, 3U}) {
    const SentCommit sent = must(groups[sender].commit({}, kNow));
    must(groups[sender].merge_pending(kNow));
    for (std::size_t i = 0; i < groups.size(); ++i)
      if (i != sender) must(groups[i].merge(staged(groups[i].receive(sent.commit, kNow)), kNow));
    for (const Group& group : groups) CHECK(same_epoch(group, groups[0]));
  }
}
