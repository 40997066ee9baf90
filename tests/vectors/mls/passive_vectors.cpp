// Joining by Welcome, and following a group as a passive member.

#include "formats.hpp"
#include "mls/group.hpp"
#include "mls/key_schedule.hpp"
#include "mls/message.hpp"
#include "mls/welcome_message.hpp"
#include "private_keys.hpp"
#include "support/seeded_random.hpp"

using namespace taut;
using namespace taut::mls;
using taut::test::hex;
using taut::test::Json;
using taut::test::mls_format::run_all;

namespace {

/// The PSKs that a case lists.
class ListedPsks final : public PskSource {
 public:
  explicit ListedPsks(const Json& list) {
    for (const Json& one : list) psks_.emplace(hex(one, "psk_id"), hex(one, "psk"));
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

Result<KeyPackage> key_package_of(const Json& one) {
  TAUT_TRY(const MlsMessage message, decoded<MlsMessage>(hex(one, "key_package")));
  if (message.as<KeyPackage>() == nullptr) return refuse(errors::kMalformed);
  return *message.as<KeyPackage>();
}

const Suite& suite_of(const Json& one) {
  const Suite* suite = crypto::find_suite(one.at("cipher_suite").get<std::uint16_t>());
  REQUIRE(suite != nullptr);
  return *suite;
}

// ---- welcome ----

Result<GroupInfo> open_welcome(const Suite& suite, const Welcome& welcome, const KeyPackageRef& ref,
                               const crypto::DhKeyPair& init_key, GroupSecrets& secrets) {
  const auto entry = std::ranges::find(welcome.secrets, ref, &EncryptedGroupSecrets::new_member);
  if (entry == welcome.secrets.end()) return refuse(errors::kMissingKeyPackage);
  TAUT_TRY(const SecretBytes plaintext,
           decrypt_with_label(suite, init_key, "Welcome", welcome.encrypted_group_info,
                              entry->encrypted_group_secrets.kem_output,
                              entry->encrypted_group_secrets.ciphertext));
  wire::Reader in(plaintext.expose());
  TAUT_TRY(secrets, GroupSecrets::read(in));
  TAUT_CHECK(in.finish());
  TAUT_TRY(const WelcomeKey key, WelcomeKey::derive(suite, derive_welcome_secret(suite, secrets.joiner_secret,
                                                                                 zero_secret(suite))));
  Bytes group_info(welcome.encrypted_group_info.size() - crypto::kTagBytes);
  TAUT_CHECK(key.aead.open(key.nonce.view(), {}, welcome.encrypted_group_info, group_info));
  return decoded<GroupInfo>(group_info);
}

bool welcome_holds(const Json& one) {
  const Suite& suite = suite_of(one);
  const auto key_package = key_package_of(one);
  const auto message = decoded<MlsMessage>(hex(one, "welcome"));
  const auto init_key = crypto::DhKeyPair::from_private(suite.dh, test::dh_private(suite, one, "init_priv"));
  if (!key_package || !message || message->as<Welcome>() == nullptr || !init_key) return false;
  GroupSecrets secrets;
  const auto group_info = open_welcome(
      suite, *message->as<Welcome>(), make_key_package_ref(suite, encoded(*key_package)), *init_key, secrets);
  if (!group_info || !verify_group_info(suite, *group_info, SignaturePublicKey(hex(one, "signer_pub"))))
    return false;
  const GroupContext& context = group_info->group_context;
  const JoinerStage stage =
      JoinerStage::from_joiner_secret(suite, secrets.joiner_secret, zero_secret(suite), encoded(context));
  const EpochSecrets epoch = EpochSecrets::from_epoch_secret(suite, stage.epoch_secret);
  return compute_confirmation_tag(suite, epoch.confirmation_key, context.confirmed_transcript_hash.view()) ==
         group_info->confirmation_tag;
}

// ---- passive clients ----

std::string describe(const Error& error) {
  return std::string(name_of(error.code)) + ", " + std::string(error.reason.name);
}

/// Proposals first, then the commit; a message that is not for the group is a miss.
Status follow(Group& group, const Json& epoch) {
  const Time now;
  for (const Json& proposal : epoch.at("proposals"))
    TAUT_CHECK(group.receive(test::from_hex(proposal.get<std::string>()), now));
  TAUT_TRY(Received received, group.receive(hex(epoch, "commit"), now));
  auto* staged = std::get_if<StagedCommit>(&received);
  if (staged == nullptr) return refuse(errors::kMalformed);
  TAUT_CHECK(group.merge(std::move(*staged), now));
  if (!equal(group.epoch_authenticator(), hex(epoch, "epoch_authenticator")))
    return refuse(errors::kBadConfirmationTag);
  return {};
}

Status passive_client(const Json& one) {
  const Suite& suite = suite_of(one);
  test::SeededRandom random(1);
  const ListedPsks psks(one.at("external_psks"));
  TAUT_TRY(KeyPackage key_package, key_package_of(one));
  const Bytes init_key = test::dh_private(suite, one, "init_priv");
  const Bytes encryption_key = test::dh_private(suite, one, "encryption_priv");
  const Bytes signature_key = test::signature_private(suite, one, "signature_priv");
  // Fails when a private key does not belong to the KeyPackage.
  TAUT_TRY(const OwnKeyPackage own, OwnKeyPackage::from_parts(suite, std::move(key_package),
                                                              {init_key, encryption_key, signature_key}));
  JoinOptions options;
  if (!one.at("ratchet_tree").is_null()) options.ratchet_tree = hex(one, "ratchet_tree");
  TAUT_TRY(Group group, Group::join({.random = random, .psks = psks}, own, hex(one, "welcome"), options));
  if (!equal(group.epoch_authenticator(), hex(one, "initial_epoch_authenticator")))
    return refuse(errors::kBadConfirmationTag);
  for (const Json& epoch : one.at("epochs")) TAUT_CHECK(follow(group, epoch));
  return {};
}

}  // namespace

TEST_CASE("welcome") { run_all("welcome", welcome_holds); }

TEST_CASE("passive clients") {
  run_all("passive-client", [](const Json& one) {
    const Status status = passive_client(one);
    if (!status) MESSAGE(describe(status.error()));
    return status.has_value();
  });
}
