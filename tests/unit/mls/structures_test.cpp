#include <doctest/doctest.h>

#include <map>

#include "mls/message.hpp"
#include "mls/ratchet_tree.hpp"
#include "support/allocation_count.hpp"

using namespace taut;
using namespace taut::mls;

namespace {

KeyPackage some_key_package() {
  KeyPackage made;
  made.cipher_suite = CipherSuite::x25519_aes128gcm_sha256_ed25519;
  made.init_key = HpkePublicKey(Bytes(32, 1));
  made.leaf_node.encryption_key = HpkePublicKey(Bytes(32, 2));
  made.leaf_node.signature_key = SignaturePublicKey(Bytes(32, 3));
  made.leaf_node.credential = Credential::basic(as_bytes("alice"));
  made.leaf_node.capabilities = {{ProtocolVersion::mls10},
                                 {made.cipher_suite, static_cast<CipherSuite>(0x1a1a)},
                                 {static_cast<ExtensionType>(0x2a2a)},
                                 {ProposalType::self_remove},
                                 {CredentialType::basic, CredentialType::x509}};
  made.leaf_node.from = Lifetime{1, 2};
  made.leaf_node.signature = Bytes(64, 4);
  made.extensions.set(static_cast<ExtensionType>(0x3a3a), Bytes(20, 5));
  made.signature = Bytes(64, 6);
  return made;
}

LeafNode leaf_from(decltype(LeafNode::from) from) {
  LeafNode leaf = some_key_package().leaf_node;
  leaf.from = std::move(from);
  return leaf;
}

std::vector<Proposal> every_proposal() {
  const PreSharedKeyId external{ExternalPskId{Bytes(3, 1)}, Bytes(32, 2)};
  const PreSharedKeyId resumption{ResumptionPskId{ResumptionPskUsage::branch, GroupId(Bytes(4, 1)), 77},
                                  Bytes(32, 2)};
  Extensions extensions;
  extensions.set_as(ExtensionType::external_pub, ExternalPub{HpkePublicKey(Bytes(32, 8))});
  return {{Add{some_key_package()}},
          {Update{leaf_from(FromUpdate{})}},
          {Remove{{5}}},
          {PreSharedKey{external}},
          {PreSharedKey{resumption}},
          {ReInit{GroupId(Bytes(9, 9)), ProtocolVersion::mls10, CipherSuite{2}, extensions}},
          {ExternalInit{Bytes(32, 7)}},
          {GroupContextExtensions{extensions}},
          {SelfRemove{}},
          {CustomProposal{static_cast<ProposalType>(0xf123), Bytes(70, 1)}}};
}

Commit every_commit() {
  Commit commit;
  for (const Proposal& proposal : every_proposal()) commit.proposals.push_back({proposal});
  commit.proposals.push_back({ProposalRef{crypto::Digest(Bytes(32, 1))}});
  commit.path = UpdatePath{leaf_from(FromCommit{crypto::Digest(Bytes(32, 5))}),
                           {{HpkePublicKey(Bytes(32, 1)), {{Bytes(32, 2), Bytes(48, 3)}, {Bytes(32, 4), {}}}},
                            {HpkePublicKey(Bytes(32, 9)), {}}}};
  return commit;
}

GroupInfo some_group_info() {
  GroupInfo info;
  info.group_context.cipher_suite = CipherSuite{1};
  info.group_context.group_id = GroupId(Bytes(16, 1));
  info.group_context.epoch = ~std::uint64_t{0};
  info.group_context.tree_hash = crypto::Digest(Bytes(32, 3));
  info.confirmation_tag = crypto::Digest(Bytes(32, 4));
  info.signer = {9};
  info.signature = Bytes(64, 1);
  return info;
}

FramedContent framed(Sender sender, Content content) {
  return {GroupId(Bytes(3, 3)), 12, std::move(sender), Bytes(2, 2), std::move(content)};
}

std::vector<MlsMessage> every_message() {
  std::vector<MlsMessage> all;
  const Mac mac(Bytes(32, 7));
  const FramedContentAuthData plain{Bytes(64, 1), {}};
  for (const Proposal& proposal : every_proposal()) {
    all.push_back({PublicMessage{framed(Sender::member({4}), {proposal}), plain, mac}});
    all.push_back({PublicMessage{framed({ExternalSenderIndex{1}}, {proposal}), plain, {}}});
    all.push_back({PublicMessage{framed({NewMemberProposal{}}, {proposal}), plain, {}}});
  }
  all.push_back({PublicMessage{framed({NewMemberCommit{}}, {every_commit()}), {Bytes(64, 1), mac}, {}}});
  all.push_back({PublicMessage{framed(Sender::member({0}), {every_commit()}), {Bytes(64, 1), mac}, mac}});
  all.push_back({PublicMessage{framed(Sender::member({0}), {ApplicationData{Bytes(100, 9)}}), plain, mac}});
  all.push_back({PrivateMessage{GroupId(Bytes(3, 3)), 5, ContentType::commit, Bytes(1, 1), Bytes(28, 2),
                                Bytes(99, 3)}});
  all.push_back({Welcome{
      CipherSuite{3}, {{{crypto::Digest(Bytes(32, 1))}, {Bytes(32, 2), Bytes(90, 3)}}}, Bytes(300, 4)}});
  all.push_back({some_group_info()});
  all.push_back({some_key_package()});
  return all;
}

}  // namespace

TEST_CASE("structures: what is written is read, and writes the same bytes") {
  for (const MlsMessage& message : every_message()) {
    const Bytes bytes = encoded(message);
    const auto read = decoded<MlsMessage>(bytes);
    REQUIRE(read.has_value());
    CHECK(*read == message);
    CHECK(encoded(*read) == bytes);
  }
}

TEST_CASE("structures: cut anywhere, or with a byte too many, they are malformed") {
  for (const MlsMessage& message : every_message()) {
    Bytes bytes = encoded(message);
    for (std::size_t size = 0; size < bytes.size(); ++size)
      REQUIRE_FALSE(decoded<MlsMessage>(ByteView(bytes).first(size)).has_value());
    bytes.push_back(0);
    CHECK(decoded<MlsMessage>(bytes).error() == errors::kMalformed);
  }
}

TEST_CASE("structures: a flipped bit gives an error or another value that writes its own bytes") {
  for (const MlsMessage& message : every_message()) {
    const Bytes good = encoded(message);
    for (std::size_t at = 0; at < good.size(); ++at) {
      for (const Byte mask : Bytes{0x01, 0x40, 0x80}) {
        Bytes bytes = good;
        bytes[at] ^= mask;
        const auto read = decoded<MlsMessage>(bytes);
        if (read) REQUIRE(encoded(*read) == bytes);
      }
    }
  }
}

TEST_CASE("structures: a length of 2^30 in a short message costs no memory") {
  const Bytes good = encoded(MlsMessage{some_key_package()});
  for (std::size_t at = 0; at + 4 <= good.size(); ++at) {
    Bytes bytes = good;
    std::ranges::copy(Bytes{0xbf, 0xff, 0xff, 0xff}, bytes.begin() + static_cast<std::ptrdiff_t>(at));
    const test::AllocationCount count;
    static_cast<void>(decoded<MlsMessage>(bytes));
    REQUIRE(count.bytes() < 64 * 1024);
  }
}

TEST_CASE("structures: lists of the shortest entries are bounded") {
  // 3 bytes an entry on the wire, some hundreds in memory.
  const Bytes one = encoded(ProposalOrRef{Proposal{SelfRemove{}}});
  Bytes entries;
  for (std::size_t i = 0; i <= kListCountMax; ++i) append(entries, one);
  const Bytes commit = wire::written([&](wire::Writer& out) { out.vector(entries).present(false); });
  CHECK(decoded<Commit>(commit).error().reason == reasons::kTooLarge);

  const auto capabilities = [](std::size_t count) {
    Capabilities made;
    made.extensions.resize(count);
    return decoded<Capabilities>(encoded(made));
  };
  CHECK(capabilities(kNumbersCountMax).has_value());
  CHECK(capabilities(kNumbersCountMax + 1).error().reason == reasons::kTooLarge);
}

TEST_CASE("structures: numbers that are none") {
  const auto refused = [](auto value, std::size_t at, Byte byte) {
    Bytes bytes = encoded(value);
    bytes.at(at) = byte;
    return decoded<decltype(value)>(bytes).error();
  };
  for (const Byte bad : Bytes{0, 4, 255}) {
    CHECK(refused(framed(Sender::member({0}), {ApplicationData{}}), 4 + 8 + 1 + 4 + 3, bad) ==
          errors::kMalformed);  // content_type
    CHECK(refused(ProposalOrRef{ProposalRef{}}, 0, bad) == errors::kMalformed);
  }
  for (const Byte bad : Bytes{0, 5, 255}) CHECK(refused(Sender::member({0}), 0, bad) == errors::kMalformed);
  for (const Byte bad : Bytes{0, 3, 255})
    CHECK(refused(PreSharedKeyId{ExternalPskId{}, {}}, 0, bad) == errors::kMalformed);
  for (const Byte bad : Bytes{0, 4, 255})
    CHECK(refused(PreSharedKeyId{ResumptionPskId{}, {}}, 1, bad) == errors::kMalformed);
  for (const Byte bad : Bytes{0, 3, 255}) CHECK(refused(Credential::basic({}), 1, bad) == errors::kMalformed);
  CHECK(refused(MlsMessage{some_key_package()}, 1, 2) == errors::kUnsupportedVersion);
  CHECK(refused(MlsMessage{some_key_package()}, 5, 2) == errors::kUnsupportedVersion);  // the one inside
  CHECK(refused(MlsMessage{some_group_info()}, 5, 2) == errors::kUnsupportedVersion);
  for (const Byte bad : Bytes{0, 6, 255})
    CHECK(refused(MlsMessage{some_group_info()}, 3, bad) == errors::kMalformed);
}

TEST_CASE("extensions: one of a type at most, whatever the order") {
  const Bytes twice = wire::written([](wire::Writer& out) {
    out.nested([](wire::Writer& inner) { inner.u16(7).vector({}).u16(5).vector({}).u16(7).vector({}); });
  });
  CHECK(decoded<Extensions>(twice).error() == errors::kDuplicateExtension);
  Extensions extensions;
  extensions.set(ExtensionType{9}, {1});
  extensions.set(ExtensionType{4}, {2});
  extensions.set(ExtensionType{9}, {3});
  CHECK(extensions.list().size() == 2);
  CHECK(*extensions.find(ExtensionType{9}) == Bytes{3});
  CHECK(decoded<Extensions>(encoded(extensions)).value() == extensions);  // the sender's order
  extensions.remove(ExtensionType{9});
  CHECK(extensions.find(ExtensionType{9}) == nullptr);
}

TEST_CASE("external_pub: the key has its own length inside the extension's") {
  Extensions extensions;
  extensions.set_as(ExtensionType::external_pub, ExternalPub{HpkePublicKey(Bytes(32, 8))});
  CHECK(extensions.find(ExtensionType::external_pub)->size() == 33);
  CHECK(extensions.find(ExtensionType::external_pub)->front() == 32);
  extensions.set(ExtensionType::external_pub, Bytes(32, 8));  // as some write it
  CHECK(extensions.find_as<ExternalPub>(ExtensionType::external_pub).error() == errors::kMalformed);
}

TEST_CASE("extensions that we know: they read what they write") {
  const RequiredCapabilities required{
      {ExtensionType{0xf001}}, {ProposalType::self_remove}, {CredentialType::x509}};
  CHECK(decoded<RequiredCapabilities>(encoded(required)).value() == required);
  const ExternalSenders senders{
      {{SignaturePublicKey(Bytes(32, 1)), Credential::basic(as_bytes("a"))},
       {SignaturePublicKey(Bytes(32, 2)), Credential{X509Credential{{{1}, {2, 3}}}}}}};
  CHECK(decoded<ExternalSenders>(encoded(senders)).value() == senders);
  const AppDataDictionary dictionary{{{ComponentId{1}, {1}}, {ComponentId::last_resort_key_package, {}}}};
  CHECK(decoded<AppDataDictionary>(encoded(dictionary)).value() == dictionary);
  const AppDataDictionary unsorted{{{ComponentId{4}, {}}, {ComponentId{4}, {}}}};
  CHECK(decoded<AppDataDictionary>(encoded(unsorted)).error() == errors::kMalformed);
}

TEST_CASE("last resort: either mark counts, and nothing else") {
  Extensions extensions;
  CHECK_FALSE(is_last_resort(extensions));
  extensions.set_as(ExtensionType::app_data_dictionary, AppDataDictionary{{{ComponentId{5}, {}}}});
  CHECK_FALSE(is_last_resort(extensions));
  extensions.set_as(ExtensionType::app_data_dictionary,
                    AppDataDictionary{{{ComponentId::last_resort_key_package, {}}}});
  CHECK(is_last_resort(extensions));
  extensions = {};
  extensions.set_as(ExtensionType::last_resort, LastResort{});
  CHECK(is_last_resort(extensions));
}

TEST_CASE("parent node: unmerged leaves are strictly ascending") {
  const auto read = [](std::vector<LeafIndex> unmerged) {
    return decoded<ParentNode>(encoded(ParentNode{HpkePublicKey(Bytes(32, 1)), {}, std::move(unmerged)}));
  };
  CHECK(read({{1}, {2}, {9}}).has_value());
  CHECK(read({{2}, {1}}).error() == errors::kMalformed);
  CHECK(read({{2}, {2}}).error() == errors::kMalformed);
}

TEST_CASE("group secrets: they write what they read, into memory that is wiped") {
  GroupSecrets secrets;
  secrets.joiner_secret = crypto::DerivedKey(Bytes(32, 1));
  secrets.path_secret = crypto::DerivedKey(Bytes(32, 2));
  secrets.psks.push_back({ExternalPskId{{1, 2}}, Bytes(32, 3)});
  const SecretBytes bytes = secrets.to_secret_bytes();
  const auto read = decoded<GroupSecrets>(bytes.expose());
  REQUIRE(read.has_value());
  CHECK(read->joiner_secret.equals(secrets.joiner_secret));
  CHECK(read->path_secret->equals(*secrets.path_secret));
  CHECK(read->psks == secrets.psks);
  CHECK(read->to_secret_bytes().equals(bytes));
}

TEST_CASE("errors: each says what it is, and no two are the same") {
  const std::vector<Error> all{errors::kMalformed,
                               errors::kLimit,
                               errors::kBadKey,
                               errors::kUnsupportedVersion,
                               errors::kUnsupportedSuite,
                               errors::kBadSignature,
                               errors::kBadTag,
                               errors::kBadMembershipTag,
                               errors::kBadConfirmationTag,
                               errors::kUnknownSender,
                               errors::kBadCredential,
                               errors::kBadTreeHash,
                               errors::kBadParentHash,
                               errors::kBadPathSecret,
                               errors::kWrongGroup,
                               errors::kWrongEpoch,
                               errors::kFutureEpoch,
                               errors::kPastEpoch,
                               errors::kReplayed,
                               errors::kJumpTooFar,
                               errors::kKeyExhausted,
                               errors::kExpired,
                               errors::kMissingProposal,
                               errors::kMissingPsk,
                               errors::kMissingTree,
                               errors::kMissingKeyPackage,
                               errors::kGroupClosed,
                               errors::kNotPermitted,
                               errors::kPathRequired,
                               errors::kWrongPath,
                               errors::kNoSuchLeaf,
                               errors::kDuplicateKey,
                               errors::kWrongSource,
                               errors::kUnsupportedCapability,
                               errors::kDuplicateExtension,
                               errors::kInvalidTree,
                               errors::kInvalidProposalList,
                               errors::kMisuse};
  std::map<std::string_view, int> names;
  for (const Error& error : all) ++names[error.reason.name];
  CHECK(names.size() == all.size());
}
