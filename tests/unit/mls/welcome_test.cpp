// Welcomes and KeyPackages: what a joiner checks (RFC 9420 §12.4.3.1).

#include "forger.hpp"
#include "mls/extension_types.hpp"
#include "mls/join.hpp"
#include "mls/welcome_message.hpp"

using namespace taut;
using namespace taut::mls;
using namespace taut::mls::test;

namespace {

const Suite& suite() { return crypto::suite(kSuite); }

struct Fixture {
  World world;
  std::vector<Group> groups;
  OwnKeyPackage dave;
  SentCommit sent;
  Fixture()
      : groups(world.group_of({"alice", "bob"})),
        dave(world.key_package(world.client("dave"))),
        sent(must(groups[0].commit({.proposals = {{Add{dave.key_package}}}}, kNow))) {}

  auto join(ByteView welcome, JoinOptions options = {}) {
    return Group::join(world.hooks(), dave, welcome, std::move(options));
  }

  /// The Welcome with its GroupInfo changed by a committer who has all the keys, and signed again.
  Bytes welcome_with(auto change) {
    Forger alice(world, groups[0]);
    const MlsMessage message = must(decoded<MlsMessage>(*sent.welcome));
    Welcome welcome = *message.as<Welcome>();
    const auto& entry = welcome.secrets.front();
    const SecretBytes opened = must(decrypt_with_label(
        suite(), dave.init_key, "Welcome", welcome.encrypted_group_info,
        entry.encrypted_group_secrets.kem_output, entry.encrypted_group_secrets.ciphertext));
    wire::Reader in(opened.expose());
    GroupSecrets secrets = must(GroupSecrets::read(in));
    const KdfSecret welcome_secret =
        derive_welcome_secret(suite(), secrets.joiner_secret, zero_secret(suite()));
    const WelcomeKey key = must(WelcomeKey::derive(suite(), welcome_secret));
    Bytes plaintext(welcome.encrypted_group_info.size() - crypto::kTagBytes);
    must(key.aead.open(key.nonce.view(), {}, welcome.encrypted_group_info, plaintext));
    GroupInfo info = must(decoded<GroupInfo>(plaintext));
    change(info, secrets);
    const auto tbs = wire::written([&](wire::Writer& out) { info.write_tbs(out); });
    info.signature = to_bytes(must(sign_with_label(alice.state().signature_key, "GroupInfoTBS", tbs)).view());
    plaintext = encoded(info);
    welcome.encrypted_group_info.resize(plaintext.size() + crypto::kTagBytes);
    key.aead.seal(key.nonce.view(), {}, plaintext, welcome.encrypted_group_info);
    auto sealed =
        must(encrypt_with_label(suite(), dave.init_key.public_key, "Welcome", welcome.encrypted_group_info,
                                secrets.to_secret_bytes().expose(), world.random));
    welcome.secrets = {{dave.ref, {to_bytes(sealed.enc.view()), std::move(sealed.ciphertext)}}};
    return encoded(MlsMessage{std::move(welcome)});
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "the joiner is in the epoch that the commit begins") {
  merge_all(groups[0], sent.commit, {&groups[1]});
  Group joined = must(join(*sent.welcome));
  CHECK(same_epoch(joined, groups[1]));
  CHECK(joined.own_leaf() == LeafIndex{2});
  must(joined.receive(must(groups[1].protect(as_bytes("hello"))), kNow));
}

TEST_CASE_FIXTURE(Fixture, "a Welcome opens for whom it is, as it was, and not otherwise") {
  const OwnKeyPackage eve = world.key_package(world.client("eve"));
  CHECK(error_of(Group::join(world.hooks(), eve, *sent.welcome)) == errors::kMissingKeyPackage);
  Bytes tampered = *sent.welcome;
  for (std::size_t at = 0; at < tampered.size(); at += 5) {
    tampered[at] ^= 1;
    CHECK_FALSE(join(tampered).has_value());
    tampered[at] ^= 1;
  }
  for (std::size_t size = 0; size < tampered.size(); size += 11)
    CHECK_FALSE(join(ByteView(tampered).first(size)).has_value());
  Bytes trailing = tampered;
  trailing.push_back(0);
  CHECK(error_of(join(trailing)) == errors::kMalformed);
  must(join(tampered));
}

TEST_CASE_FIXTURE(Fixture, "the tree may come apart from the Welcome, but must be the one") {
  groups[0].drop_pending();
  sent = must(groups[0].commit({.proposals = {{Add{dave.key_package}}}, .tree = TreeDelivery::apart}, kNow));
  const Bytes old_tree = groups[0].ratchet_tree();
  must(groups[0].merge_pending(kNow));
  CHECK(error_of(join(*sent.welcome)) == errors::kMissingTree);
  CHECK(error_of(join(*sent.welcome, {.ratchet_tree = old_tree})) == errors::kBadTreeHash);
  CHECK(same_epoch(must(join(*sent.welcome, {.ratchet_tree = groups[0].ratchet_tree()})), groups[0]));
}

TEST_CASE_FIXTURE(Fixture, "a committer who lies in its GroupInfo is found out") {
  const auto refuses = [&](auto change, const Error& error) {
    CHECK(std::string(error_of(join(welcome_with(change))).reason.name) == std::string(error.reason.name));
  };
  must(join(welcome_with([](GroupInfo&, GroupSecrets&) {})));
  refuses([](GroupInfo& info, GroupSecrets&) { info.confirmation_tag = Mac(Bytes(32, 1)); },
          errors::kBadConfirmationTag);
  refuses([](GroupInfo& info, GroupSecrets&) { ++info.group_context.epoch; }, errors::kBadConfirmationTag);
  refuses([](GroupInfo& info, GroupSecrets&) { info.group_context.tree_hash = Digest(Bytes(32, 1)); },
          errors::kBadTreeHash);
  refuses([](GroupInfo& info, GroupSecrets&) { info.signer = LeafIndex{1}; }, errors::kBadSignature);
  refuses([](GroupInfo& info, GroupSecrets&) { info.signer = LeafIndex{3}; }, errors::kUnknownSender);
  refuses(
      [](GroupInfo& info, GroupSecrets&) {
        info.group_context.cipher_suite = crypto::SuiteId::x25519_chacha20poly1305_sha256_ed25519;
      },
      errors::kUnsupportedSuite);
  refuses([](GroupInfo& info,
             GroupSecrets&) { info.group_context.extensions.set(static_cast<ExtensionType>(0xf123), {}); },
          errors::kUnsupportedCapability);
  refuses([](GroupInfo&, GroupSecrets& secrets) { secrets.path_secret->fill()[0] ^= 1; },
          errors::kBadPathSecret);
  const auto link = [&](ResumptionPskUsage usage) {
    return make_psk_id(suite(), ResumptionPskId{usage, World::group_id(), 0}, world.random);
  };
  refuses(
      [&](GroupInfo&, GroupSecrets& secrets) {
        secrets.psks = {link(ResumptionPskUsage::reinit), link(ResumptionPskUsage::branch)};
      },
      errors::kNotPermitted);
}

TEST_CASE_FIXTURE(Fixture, "unknown extensions of a GroupInfo are ignored") {
  must(join(welcome_with([](GroupInfo& info, GroupSecrets&) {
    info.extensions.set(static_cast<ExtensionType>(0x5a5a), Bytes(9, 1));
  })));
}

TEST_CASE_FIXTURE(Fixture, "credentials are judged by the application, for everyone in the tree") {
  class NoBob final : public AuthenticationService {
    Status validate(const Credential& credential, const SignaturePublicKey&) const override {
      if (credential == Credential::basic(as_bytes("bob"))) return refuse(errors::kBadCredential);
      return {};
    }
    Status validate_successor(const Credential&, const Credential&) const override { return {}; }
  } no_bob;
  CHECK(error_of(Group::join({.random = world.random, .authentication = no_bob}, dave, *sent.welcome)) ==
        errors::kBadCredential);
}

TEST_CASE("an own KeyPackage is stored and comes back; its keys must be its own") {
  World world;
  const Client client = world.client("dave");
  const OwnKeyPackage own = world.key_package(client);
  const SecretBytes saved = own.save();
  const OwnKeyPackage back = must(OwnKeyPackage::load(saved.expose()));
  CHECK(back.ref == own.ref);
  CHECK(back.key_package == own.key_package);
  CHECK(back.init_key.private_key.equals(own.init_key.private_key));
  CHECK(error_of(OwnKeyPackage::load(saved.expose().first(saved.size() - 1))) == errors::kMalformed);
  const OwnKeyPackage other = world.key_package(client);
  CHECK(error_of(OwnKeyPackage::from_parts(
            suite(), own.key_package,
            {other.init_key.private_key.expose(), own.encryption_key.private_key.expose(),
             own.signature_key.private_key.expose()})) == errors::kBadKey);
}

TEST_CASE("a last-resort KeyPackage says so") {
  World world;
  const Client client = world.client("dave");
  const auto own = must(client.make_key_package(kLifetime, world.random, KeyPackageUse::last_resort));
  CHECK(is_last_resort(own.key_package.extensions));
  CHECK_FALSE(is_last_resort(world.key_package(client).key_package.extensions));
  // It may join more than one group.
  for (const std::string_view name : {"one", "two"}) {
    Group group =
        must(Group::create(world.hooks(), world.client("alice"), GroupId(as_bytes(name)), kLifetime));
    const SentCommit sent = must(group.commit({.proposals = {{Add{own.key_package}}}}, kNow));
    must(group.merge_pending(kNow));
    CHECK(same_epoch(must(Group::join(world.hooks(), own, *sent.welcome)), group));
  }
}

TEST_CASE("a key of another suite makes no KeyPackage") {
  World world;
  Client client = world.client("dave");
  client.suite = crypto::SuiteId::p256_aes128gcm_sha256_p256;
  CHECK(error_of(client.make_key_package(kLifetime, world.random)) == errors::kMisuse);
}

TEST_CASE("the exporter gives every member the same, and each label and context its own") {
  World world;
  auto groups = world.group_of({"alice", "bob"});
  const auto exported = [&](std::size_t at, std::string_view label, std::string_view context) {
    return to_bytes(must(groups[at].export_secret(label, as_bytes(context), 48)).expose());
  };
  CHECK(exported(0, "a", "x") == exported(1, "a", "x"));
  CHECK(exported(0, "a", "x") != exported(0, "b", "x"));
  CHECK(exported(0, "a", "x") != exported(0, "a", "y"));
  CHECK(error_of(groups[0].export_secret("a", {}, 255 * 32 + 1)) == errors::kMisuse);
  CHECK(error_of(groups[0].export_secret(std::string(256, 'x'), {}, 32)) == errors::kMisuse);
}
