#include "mls/client.hpp"

#include "mls/key_package_rules.hpp"
#include "mls/message.hpp"
#include "mls/record.hpp"

namespace taut::mls {

namespace {

std::uint16_t grease_value(Random& random) {
  // 0x0A0A, 0x1A1A … 0xEAEA (§13.5).
  const auto high = static_cast<std::uint16_t>(random.u64() % 15);
  return static_cast<std::uint16_t>((high << 4 | 0x0a) * 0x0101);
}

template <class Enum>
void add_grease(std::vector<Enum>& numbers, Random& random) {
  const auto at = static_cast<std::ptrdiff_t>(random.u64() % (numbers.size() + 1));
  numbers.insert(numbers.begin() + at, static_cast<Enum>(grease_value(random)));
}

}  // namespace

Capabilities our_capabilities(crypto::SuiteId suite) {
  return {.versions = {ProtocolVersion::mls10},
          .cipher_suites = {suite},
          .extensions = {ExtensionType::last_resort},
          .proposals = {ProposalType::self_remove},
          .credentials = {CredentialType::basic, CredentialType::x509}};
}

Capabilities with_grease(Capabilities capabilities, Random& random) {
  add_grease(capabilities.cipher_suites, random);
  add_grease(capabilities.extensions, random);
  add_grease(capabilities.proposals, random);
  add_grease(capabilities.credentials, random);
  return capabilities;
}

Lifetime lifetime_from(WallTime now, std::chrono::seconds length) {
  constexpr std::uint64_t kClockSkewSeconds = 3'600;
  const std::uint64_t now_s = now.unix_ms / 1'000;
  return {.not_before_s = now_s - std::min(now_s, kClockSkewSeconds),
          .not_after_s = now_s + static_cast<std::uint64_t>(length.count())};
}

Result<OwnKeyPackage> Client::make_key_package(const Lifetime& lifetime, Random& random,
                                               KeyPackageUse use) const {
  const Suite& own_suite = crypto::suite(suite);
  if (signature_key.public_key.id != own_suite.signature) return refuse(errors::kMisuse);
  TAUT_TRY(crypto::DhKeyPair init_key, crypto::DhKeyPair::generate(own_suite.dh, random));
  TAUT_TRY(crypto::DhKeyPair encryption_key, crypto::DhKeyPair::generate(own_suite.dh, random));

  KeyPackage made;
  made.cipher_suite = suite;
  made.init_key = HpkePublicKey(init_key.public_key.view());
  made.leaf_node = {HpkePublicKey(encryption_key.public_key.view()),
                    SignaturePublicKey(signature_key.public_key.bytes.view()),
                    credential,
                    capabilities,
                    lifetime,
                    leaf_extensions,
                    {}};
  if (use == KeyPackageUse::last_resort) made.extensions.set_as(ExtensionType::last_resort, LastResort{});
  TAUT_TRY(const crypto::Signature leaf_signature,
           sign_with_label(signature_key, "LeafNodeTBS", leaf_node_tbs(made.leaf_node, nullptr)));
  made.leaf_node.signature = to_bytes(leaf_signature.view());
  TAUT_TRY(const crypto::Signature signature,
           sign_with_label(signature_key, kKeyPackageLabel, key_package_tbs(made)));
  made.signature = to_bytes(signature.view());

  const KeyPackageRef ref = make_key_package_ref(own_suite, encoded(made));
  return OwnKeyPackage{std::move(made), ref, std::move(init_key), std::move(encryption_key),
                       crypto::SignatureKeyPair::copy_of(signature_key)};
}

Bytes OwnKeyPackage::message() const { return encoded(MlsMessage{key_package}); }

OwnKeyPackage OwnKeyPackage::copy_of(const OwnKeyPackage& other) {
  return {other.key_package, other.ref, crypto::DhKeyPair::copy_of(other.init_key),
          crypto::DhKeyPair::copy_of(other.encryption_key),
          crypto::SignatureKeyPair::copy_of(other.signature_key)};
}

SecretBytes OwnKeyPackage::save() const {
  const Bytes public_part = encoded(key_package);
  constexpr std::size_t kKeysBytesMax = 3 * (crypto::kDhPrivateBytesMax + 2);
  return secret_written(public_part.size() + kKeysBytesMax + 4, [&](wire::Writer& out) {
    out.vector(public_part).vector(init_key.private_key.expose());
    out.vector(encryption_key.private_key.expose()).vector(signature_key.private_key.expose());
  });
}

Result<OwnKeyPackage> OwnKeyPackage::load(ByteView saved) {
  wire::Reader in(saved);
  TAUT_TRY(const ByteView bytes, in.vector());
  TAUT_TRY(KeyPackage key_package, decoded<KeyPackage>(bytes));
  const Suite* suite = crypto::find_suite(static_cast<std::uint16_t>(key_package.cipher_suite));
  if (suite == nullptr) return refuse(errors::kUnsupportedSuite);
  TAUT_TRY(const ByteView init_private, in.vector());
  TAUT_TRY(const ByteView encryption_private, in.vector());
  TAUT_TRY(const ByteView signature_private, in.vector());
  TAUT_CHECK(in.finish());
  return from_parts(*suite, std::move(key_package), {init_private, encryption_private, signature_private});
}

Result<OwnKeyPackage> OwnKeyPackage::from_parts(const Suite& suite, KeyPackage key_package,
                                                const PrivateKeys& keys) {
  TAUT_TRY(crypto::DhKeyPair init_key, crypto::DhKeyPair::from_private(suite.dh, keys.init_key));
  TAUT_TRY(crypto::DhKeyPair encryption_key, crypto::DhKeyPair::from_private(suite.dh, keys.encryption_key));
  TAUT_TRY(crypto::SignatureKeyPair signature_key,
           crypto::SignatureKeyPair::from_private(suite.signature, keys.signature_key));
  const LeafNode& leaf = key_package.leaf_node;
  if (!equal(init_key.public_key.view(), key_package.init_key.view()) ||
      !equal(encryption_key.public_key.view(), leaf.encryption_key.view()) ||
      !equal(signature_key.public_key.bytes.view(), leaf.signature_key.view()))
    return refuse(errors::kBadKey);
  const KeyPackageRef ref = make_key_package_ref(suite, encoded(key_package));
  return OwnKeyPackage{std::move(key_package), ref, std::move(init_key), std::move(encryption_key),
                       std::move(signature_key)};
}

}  // namespace taut::mls
