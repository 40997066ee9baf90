// The vectors of what is derived from secrets: labelled functions, key schedule, secret tree, PSKs,
// transcript hashes, and messages under given keys.

#include "formats.hpp"
#include "mls/content_auth.hpp"
#include "mls/key_schedule.hpp"
#include "mls/message.hpp"
#include "mls/private_message.hpp"
#include "mls/psk.hpp"
#include "private_keys.hpp"
#include "support/seeded_random.hpp"

using namespace taut;
using namespace taut::mls;
using taut::test::hex;
using taut::test::Json;
using taut::test::mls_format::run_all;

namespace {

const Suite& suite_of(const Json& one) {
  const Suite* found = crypto::find_suite(one.at("cipher_suite").get<std::uint16_t>());
  REQUIRE(found != nullptr);
  return *found;
}

KdfSecret secret(const Json& one, std::string_view member) { return KdfSecret(hex(one, member)); }

bool is(ByteView found, const Json& one, std::string_view member) { return equal(found, hex(one, member)); }

crypto::SignatureKeyPair signature_key(const Suite& suite, const Json& one, std::string_view member) {
  auto key =
      crypto::SignatureKeyPair::from_private(suite.signature, test::signature_private(suite, one, member));
  REQUIRE(key);
  return *std::move(key);
}

std::string text(const Json& one, const char* member) { return one.at(member).get<std::string>(); }

// ---- crypto-basics ----

bool derivations_hold(const Suite& suite, const Json& one) {
  const Json& expand = one.at("expand_with_label");
  SecretBytes expanded(expand.at("length").get<std::size_t>());
  expand_with_label(suite, hex(expand, "secret"), text(expand, "label"), hex(expand, "context"),
                    expanded.fill());
  const Json& derive = one.at("derive_secret");
  const Json& tree = one.at("derive_tree_secret");
  SecretBytes tree_secret(tree.at("length").get<std::size_t>());
  derive_tree_secret(suite, hex(tree, "secret"), text(tree, "label"),
                     tree.at("generation").get<std::uint32_t>(), tree_secret.fill());
  const Json& ref = one.at("ref_hash");
  return is(expanded.expose(), expand, "out") &&
         is(derive_secret(suite, hex(derive, "secret"), text(derive, "label")).expose(), derive, "out") &&
         is(tree_secret.expose(), tree, "out") &&
         is(ref_hash(suite, text(ref, "label"), hex(ref, "value")).view(), ref, "out");
}

bool signatures_hold(const Suite& suite, const Json& one) {
  const Json& sign = one.at("sign_with_label");
  const auto key = signature_key(suite, sign, "priv");
  const auto made = sign_with_label(key, text(sign, "label"), hex(sign, "content"));
  const auto verifies = [&](ByteView signature) {
    return verify_with_label(key.public_key, text(sign, "label"), hex(sign, "content"), signature)
        .has_value();
  };
  return is(key.public_key.bytes.view(), sign, "pub") && verifies(hex(sign, "signature")) && made &&
         verifies(made->view());
}

bool encryption_holds(const Suite& suite, const Json& one) {
  const Json& encrypt = one.at("encrypt_with_label");
  test::SeededRandom random(1);
  const auto key = crypto::DhKeyPair::from_private(suite.dh, test::dh_private(suite, encrypt, "priv"));
  if (!key || !is(key->public_key.view(), encrypt, "pub")) return false;
  const auto opens = [&](ByteView kem_output, ByteView ciphertext) {
    const auto opened = decrypt_with_label(suite, *key, text(encrypt, "label"), hex(encrypt, "context"),
                                           kem_output, ciphertext);
    return opened && is(opened->expose(), encrypt, "plaintext");
  };
  const auto made = encrypt_with_label(suite, key->public_key, text(encrypt, "label"),
                                       hex(encrypt, "context"), hex(encrypt, "plaintext"), random);
  return opens(hex(encrypt, "kem_output"), hex(encrypt, "ciphertext")) && made &&
         opens(made->enc.view(), made->ciphertext);
}

// ---- key-schedule ----

bool epoch_holds(const Suite& suite, const GroupContext& context, KdfSecret& init_secret, const Json& epoch) {
  const Bytes group_context = encoded(context);
  const KdfSecret joiner =
      derive_joiner_secret(suite, init_secret, secret(epoch, "commit_secret"), group_context);
  const KdfSecret psk_secret = secret(epoch, "psk_secret");
  const auto stage = JoinerStage::from_joiner_secret(suite, joiner, psk_secret, group_context);
  EpochSecrets secrets = EpochSecrets::from_epoch_secret(suite, stage.epoch_secret);
  const auto external = derive_external_key_pair(suite, secrets.external_secret);
  const Json& exporter = epoch.at("exporter");
  const auto exported = export_secret(suite, secrets.exporter_secret, text(exporter, "label"),
                                      hex(exporter, "context"), exporter.at("length").get<std::size_t>());
  const bool holds = is(group_context, epoch, "group_context") &&
                     is(joiner.expose(), epoch, "joiner_secret") &&
                     is(stage.welcome_secret.expose(), epoch, "welcome_secret") &&
                     is(derive_welcome_secret(suite, joiner, psk_secret).expose(), epoch, "welcome_secret") &&
                     is(secrets.init_secret.expose(), epoch, "init_secret") &&
                     is(secrets.sender_data_secret.expose(), epoch, "sender_data_secret") &&
                     is(secrets.encryption_secret.expose(), epoch, "encryption_secret") &&
                     is(secrets.exporter_secret.expose(), epoch, "exporter_secret") &&
                     is(secrets.epoch_authenticator.expose(), epoch, "epoch_authenticator") &&
                     is(secrets.external_secret.expose(), epoch, "external_secret") &&
                     is(secrets.confirmation_key.expose(), epoch, "confirmation_key") &&
                     is(secrets.membership_key.expose(), epoch, "membership_key") &&
                     is(secrets.resumption_psk.expose(), epoch, "resumption_psk") && external &&
                     is(external->public_key.view(), epoch, "external_pub") && exported &&
                     is(exported->expose(), exporter, "secret");
  init_secret = std::move(secrets.init_secret);
  return holds;
}

bool key_schedule_holds(const Json& one) {
  const Suite& suite = suite_of(one);
  KdfSecret init_secret = secret(one, "initial_init_secret");
  GroupContext context;
  context.cipher_suite = suite.id;
  context.group_id = GroupId(ByteView(hex(one, "group_id")));
  for (const Json& epoch : one.at("epochs")) {
    context.tree_hash = Digest(hex(epoch, "tree_hash"));
    context.confirmed_transcript_hash = Digest(hex(epoch, "confirmed_transcript_hash"));
    if (!epoch_holds(suite, context, init_secret, epoch)) return false;
    ++context.epoch;
  }
  return !one.at("epochs").empty();
}

// ---- secret-tree ----

bool generation_holds(SecretTree& tree, LeafIndex leaf, const Json& generation) {
  Journal journal;
  const auto number = generation.at("generation").get<std::uint32_t>();
  for (const auto& [type, name] : {std::pair{RatchetType::handshake, std::string("handshake")},
                                   std::pair{RatchetType::application, std::string("application")}}) {
    auto staged = tree.stage({leaf, type, number});
    if (!staged || !is(staged->key.key.expose(), generation, name + "_key") ||
        !is(staged->key.nonce.expose(), generation, name + "_nonce"))
      return false;
    tree.consume(*std::move(staged), journal);
  }
  return true;
}

bool secret_tree_holds(const Json& one) {
  const Suite& suite = suite_of(one);
  const Json& sender_data = one.at("sender_data");
  const MessageKey sender_key = derive_sender_data_key(suite, secret(sender_data, "sender_data_secret"),
                                                       hex(sender_data, "ciphertext"));
  if (!is(sender_key.key.expose(), sender_data, "key") ||
      !is(sender_key.nonce.expose(), sender_data, "nonce"))
    return false;
  const Json& leaves = one.at("leaves");
  const auto leaf_count = std::bit_ceil(static_cast<std::uint32_t>(leaves.size()));
  SecretTree tree(suite, 0, secret(one, "encryption_secret"), leaf_count);
  for (std::uint32_t leaf = 0; leaf < leaves.size(); ++leaf)
    for (const Json& generation : leaves[leaf])
      if (!generation_holds(tree, LeafIndex{leaf}, generation)) return false;
  return !leaves.empty();
}

// ---- message-protection: sender is leaf 1 of two ----

struct Protection {
  explicit Protection(const Json& one)
      : suite(suite_of(one)),
        signer(signature_key(suite, one, "signature_priv")),
        sender_data_secret(secret(one, "sender_data_secret")),
        membership_key(secret(one, "membership_key")),
        encryption_secret(secret(one, "encryption_secret")) {
    context.cipher_suite = suite.id;
    context.group_id = GroupId(ByteView(hex(one, "group_id")));
    context.epoch = one.at("epoch").get<std::uint64_t>();
    context.tree_hash = Digest(hex(one, "tree_hash"));
    context.confirmed_transcript_hash = Digest(hex(one, "confirmed_transcript_hash"));
    group_context = encoded(context);
    public_key = SignaturePublicKey(ByteView(hex(one, "signature_pub")));
  }
  SecretTree tree() const { return {suite, context.epoch, KdfSecret::copy_of(encryption_secret), 2}; }

  Result<AuthenticatedContent> sign(WireFormat wire_format, Content content) const {
    TAUT_TRY(AuthenticatedContent made,
             sign_content(signer, wire_format,
                          {context.group_id, context.epoch, Sender::member({1}), {}, std::move(content)},
                          group_context));
    // The files' own commits carry some tag; here any will do, as nothing checks it.
    if (made.content.content.type() == ContentType::commit) made.auth.confirmation_tag = Mac(Bytes(32, 7));
    return made;
  }
  Result<AuthenticatedContent> open_public(PublicMessage message) const {
    TAUT_TRY(AuthenticatedContent content,
             unprotect_public(suite, std::move(message), group_context, membership_key));
    TAUT_CHECK(verify_content(suite, content, group_context, public_key));
    return content;
  }
  Result<AuthenticatedContent> open_private(const PrivateMessage& message) const {
    const RatchetType type =
        message.content_type == ContentType::application ? RatchetType::application : RatchetType::handshake;
    TAUT_TRY(const SenderData sender, open_sender_data(suite, message, sender_data_secret));
    TAUT_TRY(const auto staged, tree().stage({sender.leaf_index, type, sender.generation}));
    TAUT_TRY(AuthenticatedContent content, decrypt_private(suite, message, sender, staged.key));
    TAUT_CHECK(verify_content(suite, content, group_context, public_key));
    return content;
  }

  const Suite& suite;
  crypto::SignatureKeyPair signer;
  KdfSecret sender_data_secret, membership_key, encryption_secret;
  GroupContext context;
  Bytes group_context;
  SignaturePublicKey public_key;
};

Bytes raw(const Content& content) {
  if (const auto* data = content.as<ApplicationData>()) return data->bytes;
  return wire::written([&](wire::Writer& out) { content.write(out); });
}

bool public_holds(const Protection& keys, const Json& one, const std::string& name, const Content& content) {
  const auto message = decoded<MlsMessage>(hex(one, name + "_pub"));
  if (!message || message->as<PublicMessage>() == nullptr) return false;
  const auto opened = keys.open_public(*message->as<PublicMessage>());
  if (!opened || !is(raw(opened->content.content), one, name)) return false;
  const auto made = keys.sign(WireFormat::public_message, content);
  if (!made) return false;
  const auto again =
      keys.open_public(protect_public(keys.suite, *made, keys.group_context, keys.membership_key));
  return again && again->content.content == content;
}

bool private_holds(const Protection& keys, const Json& one, const std::string& name, const Content& content) {
  const auto message = decoded<MlsMessage>(hex(one, name + "_priv"));
  if (!message || message->as<PrivateMessage>() == nullptr) return false;
  const auto opened = keys.open_private(*message->as<PrivateMessage>());
  if (!opened || !is(raw(opened->content.content), one, name)) return false;
  test::SeededRandom random(2);
  const auto made = keys.sign(WireFormat::private_message, content);
  const RatchetType type =
      content.type() == ContentType::application ? RatchetType::application : RatchetType::handshake;
  const auto key = keys.tree().stage_next({1}, type);
  if (!made || !key) return false;
  const auto sealed = encrypt_private(keys.suite, *made, *key, keys.sender_data_secret, 64, random);
  const auto again = sealed ? keys.open_private(*sealed) : refuse(errors::kMisuse);
  return again && again->content.content == content;
}

bool message_protection_holds(const Json& one) {
  const Protection keys(one);
  for (const auto& [name, type] : {std::pair{std::string("proposal"), ContentType::proposal},
                                   std::pair{std::string("commit"), ContentType::commit}}) {
    const Bytes bytes = hex(one, name);
    wire::Reader in(bytes);
    const auto content = Content::read(in, type);
    if (!content || !in.finish() || !public_holds(keys, one, name, *content) ||
        !private_holds(keys, one, name, *content))
      return false;
  }
  const Content application{ApplicationData{hex(one, "application")}};
  const auto in_public = keys.sign(WireFormat::public_message, application);
  return private_holds(keys, one, "application", application) && in_public &&
         !keys.open_public(protect_public(keys.suite, *in_public, keys.group_context, keys.membership_key));
}

// ---- psk_secret, transcript-hashes ----

bool psk_secret_holds(const Json& one) {
  std::vector<PskInput> psks;
  for (const Json& psk : one.at("psks"))
    psks.push_back(
        {{ExternalPskId{hex(psk, "psk_id")}, hex(psk, "psk_nonce")}, SecretBytes(hex(psk, "psk"))});
  return is(derive_psk_secret(suite_of(one), psks).expose(), one, "psk_secret");
}

bool transcript_hashes_hold(const Json& one) {
  const Suite& suite = suite_of(one);
  const auto content = decoded<AuthenticatedContent>(hex(one, "authenticated_content"));
  if (!content || content->content.content.as<Commit>() == nullptr) return false;
  const Digest confirmed = confirm_transcript(suite, hex(one, "interim_transcript_hash_before"), *content);
  const Mac tag = compute_confirmation_tag(suite, secret(one, "confirmation_key"), confirmed.view());
  const Digest interim = next_interim_transcript_hash(suite, confirmed.view(), tag.view());
  return is(confirmed.view(), one, "confirmed_transcript_hash_after") &&
         content->auth.confirmation_tag == tag && is(interim.view(), one, "interim_transcript_hash_after");
}

}  // namespace

TEST_CASE("crypto-basics") {
  run_all("crypto-basics", [](const Json& one) {
    const Suite& suite = suite_of(one);
    return derivations_hold(suite, one) && signatures_hold(suite, one) && encryption_holds(suite, one);
  });
}
TEST_CASE("key-schedule") { run_all("key-schedule", key_schedule_holds); }
TEST_CASE("secret-tree") { run_all("secret-tree", secret_tree_holds); }
TEST_CASE("message-protection") { run_all("message-protection", message_protection_holds); }
TEST_CASE("psk_secret") { run_all("psk_secret", psk_secret_holds); }
TEST_CASE("transcript-hashes") { run_all("transcript-hashes", transcript_hashes_hold); }
