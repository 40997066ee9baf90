// Proposal list validation (RFC 9420 §12.2): each rule, against a committer who breaks it.

#include "forger.hpp"
#include "mls/extension_types.hpp"

using namespace taut;
using namespace taut::mls;
using namespace taut::mls::test;

namespace {

const Suite& suite() { return crypto::suite(kSuite); }

ProposalOrRef value(Proposal proposal) { return {std::move(proposal)}; }

Proposal psk_of(World& world, std::string_view psk_id) {
  return {PreSharedKey{make_psk_id(suite(), ExternalPskId{to_bytes(as_bytes(psk_id))}, world.random)}};
}

Proposal resumption_psk(World& world, ResumptionPskUsage usage) {
  return {PreSharedKey{make_psk_id(suite(), ResumptionPskId{usage, World::group_id(), 1}, world.random)}};
}

ReInit reinit() { return {GroupId(as_bytes("next")), ProtocolVersion::mls10, kSuite, {}}; }

/// Signed anew after its content was changed.
KeyPackage resigned(const Client& client, OwnKeyPackage own, auto change) {
  KeyPackage& made = own.key_package;
  change(made);
  const GroupId group_id = World::group_id();
  const LeafPlace place{group_id, {3}};
  made.leaf_node.signature = to_bytes(
      must(sign_with_label(client.signature_key, "LeafNodeTBS", leaf_node_tbs(made.leaf_node, &place)))
          .view());
  made.signature =
      to_bytes(must(sign_with_label(client.signature_key, "KeyPackageTBS",
                                    wire::written([&](wire::Writer& out) { made.write_tbs(out); })))
                   .view());
  return std::move(made);
}

struct Fixture {
  World world;
  std::vector<Group> groups;
  Forger alice;

  Fixture()
      : groups(world.group_of({"alice", "bob", "carol"}, {.handshake = HandshakeFormat::public_message})),
        alice(world, groups[0]) {
    world.psks.put("shared", "a secret");
  }
  Group& bob() { return groups[1]; }

  /// A commit by Alice of these proposals by value is refused by Bob.
  void refuses(std::vector<Proposal> proposals, const Error& error) {
    std::vector<ProposalOrRef> list;
    for (Proposal& one : proposals) list.push_back(value(std::move(one)));
    check_refused(bob(), alice.commit_of(std::move(list)), error);
  }
  KeyPackage add(std::string_view name) { return world.key_package(world.client(name)).key_package; }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "an Update by the committer, by value or by reference") {
  const SentProposal update = must(groups[0].propose_update());
  must(bob().receive(update.message, kNow));
  check_refused(bob(), alice.commit_of({{update.ref}}), errors::kInvalidProposalList);
  LeafNode leaf = *groups[0].member({0});
  leaf.from = FromUpdate{};
  refuses({{Update{leaf}}}, errors::kInvalidProposalList);
}

TEST_CASE_FIXTURE(Fixture, "removing the committer, one leaf twice, or nobody") {
  refuses({{Remove{{0}}}}, errors::kInvalidProposalList);
  refuses({{Remove{{2}}}, {Remove{{2}}}}, errors::kInvalidProposalList);
  Commit with_path{{value({Remove{{3}}})}, UpdatePath{*groups[0].member({0}), {}}};
  check_refused(bob(), alice.commit(with_path), errors::kNoSuchLeaf);
  with_path.proposals = {value({Remove{{1'000'000}}})};
  check_refused(bob(), alice.commit(with_path), errors::kNoSuchLeaf);
}

TEST_CASE_FIXTURE(Fixture, "an Update and a Remove of one leaf") {
  const SentProposal update = must(groups[2].propose_update());
  must(bob().receive(update.message, kNow));
  check_refused(bob(), alice.commit_of({{update.ref}, value({Remove{{2}}})}), errors::kInvalidProposalList);
}

TEST_CASE_FIXTURE(Fixture, "the same client added twice, or one that is there already") {
  const Client dave = world.client("dave");
  refuses({{Add{world.key_package(dave).key_package}}, {Add{world.key_package(dave).key_package}}},
          errors::kDuplicateKey);
  Client bob_again = world.client("bob");
  const OwnKeyPackage own = world.key_package(bob_again);
  KeyPackage same_key = resigned(bob_again, OwnKeyPackage::copy_of(own), [&](KeyPackage& made) {
    made.leaf_node.encryption_key = groups[0].member({2})->encryption_key;
  });
  refuses({{Add{same_key}}}, errors::kDuplicateKey);
}

TEST_CASE_FIXTURE(Fixture, "a client may be added again when the same commit removes it") {
  Client carol{kSuite,
               must(crypto::SignatureKeyPair::generate(suite().signature, world.random)),
               Credential::basic(as_bytes("carol")),
               our_capabilities(kSuite),
               {}};
  const OwnKeyPackage first = world.key_package(carol);
  const SentCommit joined = must(groups[0].commit({.proposals = {{Add{first.key_package}}}}, kNow));
  merge_all(groups[0], joined.commit, {&groups[1], &groups[2]});
  const OwnKeyPackage second = world.key_package(carol);
  CHECK(error_of(groups[0].commit({.proposals = {{Add{second.key_package}}}}, kNow)) ==
        errors::kDuplicateKey);
  const SentCommit again =
      must(groups[0].commit({.proposals = {{Remove{{3}}}, {Add{second.key_package}}}}, kNow));
  merge_all(groups[0], again.commit, {&groups[1], &groups[2]});
  CHECK(same_epoch(must(Group::join(world.hooks(), second, *again.welcome)), groups[1]));
}

TEST_CASE_FIXTURE(Fixture, "PSKs: twice the same, a short nonce, a usage that is not for here, unknown") {
  const Proposal psk = psk_of(world, "shared");
  refuses({psk, psk}, errors::kInvalidProposalList);
  Proposal short_nonce = psk;
  std::get<PreSharedKey>(short_nonce.value).psk.psk_nonce.pop_back();
  refuses({short_nonce}, errors::kInvalidProposalList);
  refuses({resumption_psk(world, ResumptionPskUsage::reinit)}, errors::kInvalidProposalList);
  refuses({resumption_psk(world, ResumptionPskUsage::branch)}, errors::kInvalidProposalList);
  refuses({psk_of(world, "not here")}, errors::kMissingPsk);
  std::vector<Proposal> many;
  for (std::size_t i = 0; i <= kPskCountMax; ++i) many.push_back(psk_of(world, "shared"));
  refuses(many, errors::kLimit);
}

TEST_CASE_FIXTURE(Fixture, "GroupContextExtensions twice, or asking for what a member lacks") {
  Commit commit{{value({GroupContextExtensions{}}), value({GroupContextExtensions{}})}, std::nullopt};
  check_refused(bob(), alice.commit(commit), errors::kInvalidProposalList);
  GroupContextExtensions demanding;
  demanding.extensions.set_as(ExtensionType::required_capabilities,
                              RequiredCapabilities{{static_cast<ExtensionType>(0xf123)}, {}, {}});
  CHECK(error_of(groups[0].commit({.proposals = {{demanding}}}, kNow)) == errors::kUnsupportedCapability);
  GroupContextExtensions unknown;
  unknown.extensions.set(static_cast<ExtensionType>(0xf123), {});
  CHECK(error_of(groups[0].commit({.proposals = {{unknown}}}, kNow)) == errors::kUnsupportedCapability);
}

TEST_CASE_FIXTURE(Fixture, "a ReInit with anything beside it") {
  refuses({{reinit()}, psk_of(world, "shared")}, errors::kInvalidProposalList);
  refuses({{reinit()}, {reinit()}}, errors::kInvalidProposalList);
  ReInit old_version = reinit();
  old_version.version = static_cast<ProtocolVersion>(0);
  refuses({{old_version}}, errors::kInvalidProposalList);
}

TEST_CASE_FIXTURE(Fixture, "an ExternalInit in an ordinary commit") {
  refuses({{ExternalInit{Bytes(32, 9)}}}, errors::kInvalidProposalList);
  check_refused(bob(), alice.propose({ExternalInit{Bytes(32, 9)}}), errors::kNotPermitted);
}

TEST_CASE_FIXTURE(Fixture, "a proposal type that a member does not support") {
  refuses({{CustomProposal{static_cast<ProposalType>(0xf001), {}}}}, errors::kPathRequired);
  CHECK(error_of(groups[0].commit({.proposals = {{CustomProposal{static_cast<ProposalType>(0xf001), {}}}}},
                                  kNow)) == errors::kUnsupportedCapability);
}

TEST_CASE_FIXTURE(Fixture, "SelfRemove: by reference only, in public only, and not beside a Remove") {
  refuses({{SelfRemove{}}}, errors::kInvalidProposalList);
  check_refused(bob(), alice.propose({SelfRemove{}}, WireFormat::private_message), errors::kNotPermitted);
  const SentProposal leaving = must(groups[2].propose({SelfRemove{}}, kNow));
  must(bob().receive(leaving.message, kNow));
  check_refused(bob(), alice.commit_of({{leaving.ref}, value({Remove{{2}}})}), errors::kInvalidProposalList);
}

TEST_CASE_FIXTURE(Fixture, "a member leaves by SelfRemove") {
  const SentProposal leaving = must(groups[2].propose({SelfRemove{}}, kNow));
  must(groups[0].receive(leaving.message, kNow));
  must(groups[1].receive(leaving.message, kNow));
  const SentCommit sent = must(groups[0].commit({}, kNow));
  merge_all(groups[0], sent.commit, {&groups[1], &groups[2]});
  CHECK(groups[0].members().size() == 2);
  CHECK(groups[2].status() == GroupStatus::removed);
  CHECK(same_epoch(groups[0], groups[1]));
}

TEST_CASE_FIXTURE(Fixture, "KeyPackages: keys, signatures, suite, capabilities, source") {
  const Client dave = world.client("dave");
  const auto refuses_changed = [&](auto change, const Error& error) {
    refuses({{Add{resigned(dave, world.key_package(dave), change)}}}, error);
  };
  refuses_changed([](KeyPackage& made) { made.init_key = made.leaf_node.encryption_key; },
                  errors::kDuplicateKey);
  refuses_changed([](KeyPackage& made) { made.init_key = HpkePublicKey(Bytes(31, 1)); }, errors::kBadKey);
  refuses_changed([](KeyPackage& made) { made.cipher_suite = crypto::SuiteId::p256_aes128gcm_sha256_p256; },
                  errors::kUnsupportedSuite);
  refuses_changed([](KeyPackage& made) { made.leaf_node.capabilities.cipher_suites.clear(); },
                  errors::kUnsupportedCapability);
  refuses_changed([](KeyPackage& made) { made.leaf_node.capabilities.credentials.clear(); },
                  errors::kUnsupportedCapability);
  refuses_changed(
      [](KeyPackage& made) { made.leaf_node.extensions.set(static_cast<ExtensionType>(0xf777), {}); },
      errors::kUnsupportedCapability);
  refuses_changed([](KeyPackage& made) { made.leaf_node.from = FromUpdate{}; }, errors::kWrongSource);
  refuses_changed(
      [](KeyPackage& made) {
        made.leaf_node.capabilities.extensions.clear();
        made.extensions.set(ExtensionType::last_resort, {});
      },
      errors::kUnsupportedCapability);
  KeyPackage bad_signature = add("eve");
  bad_signature.signature[3] ^= 1;
  refuses({{Add{bad_signature}}}, errors::kBadSignature);
  KeyPackage bad_leaf_signature = resigned(dave, world.key_package(dave), [](KeyPackage&) {});
  bad_leaf_signature.leaf_node.signature[3] ^= 1;
  refuses({{Add{bad_leaf_signature}}}, errors::kBadSignature);
}

TEST_CASE_FIXTURE(Fixture, "a required extension that a joiner lacks") {
  GroupContextExtensions demand;
  demand.extensions.set_as(ExtensionType::required_capabilities,
                           RequiredCapabilities{{}, {ProposalType::self_remove}, {}});
  merge_all(groups[0], must(groups[0].commit({.proposals = {{demand}}}, kNow)).commit,
            {&groups[1], &groups[2]});
  const Client dave = world.client("dave");
  KeyPackage without = resigned(dave, world.key_package(dave),
                                [](KeyPackage& made) { made.leaf_node.capabilities.proposals.clear(); });
  Forger now_alice(world, groups[0]);
  check_refused(bob(), now_alice.commit_of({value({Add{without}})}), errors::kUnsupportedCapability);
}

TEST_CASE_FIXTURE(Fixture, "a lifetime is checked by who proposes, and by nobody else") {
  const Client dave = world.client("dave");
  const auto until = [&](std::uint64_t not_before_s, std::uint64_t not_after_s) {
    return must(dave.make_key_package({not_before_s, not_after_s}, world.random)).key_package;
  };
  const std::uint64_t now_s = kNow.wall->unix_ms / 1'000;
  const KeyPackage expired = until(now_s - 200, now_s - 100);
  CHECK(error_of(groups[0].propose({Add{expired}}, kNow)) == errors::kExpired);
  CHECK(error_of(groups[0].commit({.proposals = {{Add{expired}}}}, kNow)) == errors::kExpired);
  CHECK(error_of(groups[0].propose({Add{until(now_s + 100, now_s + 200)}}, kNow)) == errors::kExpired);
  CHECK(error_of(groups[0].propose({Add{until(0, UINT64_MAX)}}, kNow)) == errors::kExpired);
  CHECK(error_of(groups[0].propose({Add{until(now_s + 1, now_s - 1)}}, kNow)) == errors::kExpired);
  // Received from somebody whose clock says otherwise, it is valid: clocks do not split a group.
  const Time unknown{kNow.instant, std::nullopt};
  const SentCommit sent = must(groups[0].commit({.proposals = {{Add{expired}}}}, unknown));
  merge_all(groups[0], sent.commit, {&groups[1], &groups[2]});
  CHECK(same_epoch(groups[0], groups[1]));
}

TEST_CASE_FIXTURE(Fixture, "GREASE of others is ignored wherever it may stand") {
  Client dave = world.client("dave");
  dave.capabilities = with_grease(dave.capabilities, world.random);
  dave.capabilities.extensions.push_back(static_cast<ExtensionType>(0x3a3a));
  dave.leaf_extensions.set(static_cast<ExtensionType>(0x3a3a), Bytes(7, 1));
  OwnKeyPackage own = world.key_package(dave);
  own.key_package = resigned(dave, OwnKeyPackage::copy_of(own), [](KeyPackage& made) {
    made.extensions.set(static_cast<ExtensionType>(0x7a7a), Bytes(3, 1));
  });
  own.ref = make_key_package_ref(suite(), encoded(own.key_package));
  const SentCommit sent = must(groups[0].commit({.proposals = {{Add{own.key_package}}}}, kNow));
  merge_all(groups[0], sent.commit, {&groups[1], &groups[2]});
  CHECK(same_epoch(must(Group::join(world.hooks(), own, *sent.welcome)), groups[2]));
}

TEST_CASE("with_grease adds one reserved value to each list") {
  taut::test::SeededRandom random(3);
  for (int i = 0; i < 100; ++i) {
    const Capabilities greased = with_grease(our_capabilities(kSuite), random);
    const auto reserved = [](const auto& list) {
      return std::ranges::count_if(list, [](auto one) { return is_grease(static_cast<std::uint16_t>(one)); });
    };
    CHECK(reserved(greased.cipher_suites) == 1);
    CHECK(reserved(greased.extensions) == 1);
    CHECK(reserved(greased.proposals) == 1);
    CHECK(reserved(greased.credentials) == 1);
  }
}

TEST_CASE_FIXTURE(Fixture,
                  "an Update that keeps its key, comes from elsewhere, or is signed for another leaf") {
  Forger carol(world, groups[2]);
  LeafNode leaf = *groups[2].member({2});
  leaf.from = FromUpdate{};
  const auto signed_at = [&](LeafNode made, LeafIndex index) {
    const GroupId group_id = World::group_id();
    const LeafPlace place{group_id, index};
    made.signature = to_bytes(
        must(sign_with_label(carol.state().signature_key, "LeafNodeTBS", leaf_node_tbs(made, &place)))
            .view());
    return made;
  };
  const auto committed = [&](LeafNode made) {
    const Bytes proposal = carol.propose({Update{std::move(made)}});
    const auto received = must(bob().receive(proposal, kNow));
    Commit commit{{{std::get<ReceivedProposal>(received).ref}}, UpdatePath{*groups[0].member({0}), {}}};
    return alice.commit(std::move(commit));
  };
  check_refused(bob(), committed(signed_at(leaf, {2})), errors::kDuplicateKey);
  leaf.encryption_key =
      HpkePublicKey(must(crypto::DhKeyPair::generate(suite().dh, world.random)).public_key.view());
  check_refused(bob(), committed(signed_at(leaf, {1})), errors::kBadSignature);
  LeafNode of_key_package = leaf;
  of_key_package.from = kLifetime;
  check_refused(bob(), committed(signed_at(of_key_package, {2})), errors::kWrongSource);
}
