#include "mls/leaf_rules.hpp"

#include "tree_world.hpp"

using namespace taut;
using namespace taut::mls;
using namespace taut::test;

namespace {

template <class Enum>
Enum grease(std::uint16_t nibble) {
  return static_cast<Enum>(0x0a0a | nibble << 12 | nibble << 4);
}

}  // namespace

TEST_CASE("leaf rules: reserved values everywhere they may stand change nothing") {
  TreeWorld world;
  const Keys keys = world.new_keys();
  LeafNode leaf = world.unsigned_leaf(keys);
  for (std::uint16_t nibble = 0; nibble < 15; ++nibble) {
    CHECK(is_grease(static_cast<std::uint16_t>(grease<CipherSuite>(nibble))));
    leaf.capabilities.versions.push_back(grease<ProtocolVersion>(nibble));
    leaf.capabilities.cipher_suites.push_back(grease<CipherSuite>(nibble));
    leaf.capabilities.extensions.push_back(grease<ExtensionType>(nibble));
    leaf.capabilities.proposals.push_back(grease<ProposalType>(nibble));
    leaf.capabilities.credentials.push_back(grease<CredentialType>(nibble));
    leaf.extensions.set(grease<ExtensionType>(nibble), Bytes(nibble, 7));
  }
  world.sign(leaf, keys.signature);
  const LeafNode read = must(decoded<LeafNode>(encoded(leaf)));
  CHECK(read == leaf);
  CHECK(world.rules().check(read, LeafNodeSource::key_package).has_value());
  CHECK(world.rules().check_signature(read, {}).has_value());
  TreeDiff diff(world.tree);
  must(diff.add_leaf(read));
  CHECK(diff.check_credential_support().has_value());
}

TEST_CASE("leaf rules: an extension in a leaf that its capabilities do not list") {
  TreeWorld world;
  LeafNode leaf = world.unsigned_leaf(world.new_keys());
  leaf.extensions.set(grease<ExtensionType>(3), {});
  CHECK(world.rules().check(leaf).error() == errors::kUnsupportedCapability);
  leaf.extensions = {};
  leaf.extensions.set_as(ExtensionType::application_id, ApplicationId{{1, 2}});  // a default type
  CHECK(world.rules().check(leaf).has_value());
}

TEST_CASE("leaf rules: version, suite and credential type must be among the capabilities") {
  TreeWorld world;
  const LeafNode good = world.unsigned_leaf(world.new_keys());
  const auto refused = [&](auto change) {
    LeafNode leaf = good;
    change(leaf.capabilities);
    return world.rules().check(leaf).error() == errors::kUnsupportedCapability;
  };
  CHECK(refused([](Capabilities& one) { one.versions = {static_cast<ProtocolVersion>(2)}; }));
  CHECK(refused([](Capabilities& one) { one.cipher_suites = {static_cast<CipherSuite>(2)}; }));
  CHECK(refused([](Capabilities& one) { one.credentials = {CredentialType::x509}; }));
  CHECK(refused([](Capabilities& one) { one = {}; }));
}

TEST_CASE("leaf rules: what the group context requires, each list") {
  TreeWorld world;
  LeafNode leaf = world.unsigned_leaf(world.new_keys());
  const auto extension = static_cast<ExtensionType>(0xf001);
  const auto proposal = static_cast<ProposalType>(0xf002);
  const auto requires_it = [&](RequiredCapabilities required) {
    Extensions extensions;
    extensions.set_as(ExtensionType::required_capabilities, required);
    return must(LeafRules::of_group(world.suite.id, world.context.group_id, extensions)).check(leaf);
  };
  CHECK(requires_it({}).has_value());
  CHECK(requires_it({{ExtensionType::external_senders}, {ProposalType::reinit}, {CredentialType::basic}})
            .has_value());
  CHECK(requires_it({{extension}, {}, {}}).error() == errors::kUnsupportedCapability);
  CHECK(requires_it({{}, {proposal}, {}}).error() == errors::kUnsupportedCapability);
  CHECK(requires_it({{}, {}, {CredentialType::x509}}).error() == errors::kUnsupportedCapability);
  leaf.capabilities.extensions = {extension};
  leaf.capabilities.proposals = {proposal};
  leaf.capabilities.credentials = {CredentialType::basic, CredentialType::x509};
  CHECK(requires_it({{extension}, {proposal}, {CredentialType::x509}}).has_value());

  Extensions broken;
  broken.set(ExtensionType::required_capabilities, {1});
  CHECK(LeafRules::of_group(world.suite.id, world.context.group_id, broken).error() == errors::kMalformed);
  CHECK(LeafRules::of_suite(static_cast<CipherSuite>(0x0a0a)).error() == errors::kUnsupportedSuite);
}

TEST_CASE("leaf rules: the signature covers group and place, unless the leaf comes from a KeyPackage") {
  TreeWorld world;
  const Keys keys = world.new_keys();
  const LeafRules rules = world.rules();
  CHECK(rules.check_signature(world.signed_leaf(keys), {77}).has_value());

  LeafNode update = world.unsigned_leaf(keys);
  update.from = FromUpdate{};
  world.sign(update, keys.signature, {3});
  CHECK(rules.check_signature(update, {3}).has_value());
  CHECK(rules.check_signature(update, {4}).error() == errors::kBadSignature);
  const LeafRules other = must(LeafRules::of_group(world.suite.id, GroupId(as_bytes("another")), {}));
  CHECK(other.check_signature(update, {3}).error() == errors::kBadSignature);
  update.signature_key = SignaturePublicKey(Bytes(5));
  CHECK(rules.check_signature(update, {3}).error() == errors::kBadKey);
}

TEST_CASE("leaf rules: sources do not stand in for each other") {
  TreeWorld world;
  LeafNode leaf = world.unsigned_leaf(world.new_keys());
  const auto source_of = [&](decltype(leaf.from) from) {
    leaf.from = from;
    return leaf.source();
  };
  const std::array<decltype(leaf.from), 3> all{Lifetime{}, FromUpdate{}, FromCommit{}};
  for (const auto& from : all) {
    const LeafNodeSource own = source_of(from);
    for (const LeafNodeSource wanted :
         {LeafNodeSource::key_package, LeafNodeSource::update, LeafNodeSource::commit}) {
      if (wanted == own)
        CHECK(world.rules().check(leaf, wanted).has_value());
      else
        CHECK(world.rules().check(leaf, wanted).error() == errors::kWrongSource);
    }
  }
}

TEST_CASE("lifetime: its ends count, longer than allowed is refused, other sources have none") {
  TreeWorld world;
  LeafNode leaf = world.unsigned_leaf(world.new_keys());
  leaf.from = Lifetime{1'000, 2'000};
  CHECK(check_lifetime(leaf, 1'000, 1'000).has_value());
  CHECK(check_lifetime(leaf, 2'000, 1'000).has_value());
  CHECK(check_lifetime(leaf, 999, 1'000).error() == errors::kExpired);
  CHECK(check_lifetime(leaf, 2'001, 1'000).error() == errors::kExpired);
  CHECK(check_lifetime(leaf, 1'500, 999).error() == errors::kExpired);
  leaf.from = Lifetime{0, ~std::uint64_t{0}};  // others' default, which means nothing
  CHECK(check_lifetime(leaf, 1'500, 86'400 * 365).error() == errors::kExpired);
  leaf.from = Lifetime{2'000, 1'000};
  CHECK(check_lifetime(leaf, 1'500, 1'000).error() == errors::kExpired);
  leaf.from = FromUpdate{};
  CHECK(check_lifetime(leaf, 0, 0).has_value());
}
