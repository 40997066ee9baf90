#include "mls/welcome_message.hpp"

namespace taut::mls {

namespace {

constexpr std::string_view kGroupInfoLabel = "GroupInfoTBS";

Bytes group_info_tbs(const GroupInfo& group_info) {
  return wire::written([&](wire::Writer& out) { group_info.write_tbs(out); });
}

GroupSecrets group_secrets(const NextEpoch& next, const NewMember& member,
                           std::span<const PreSharedKeyId* const> psks) {
  GroupSecrets secrets;
  secrets.joiner_secret = KdfSecret::copy_of(next.joiner_secret);
  if (member.path_secret != nullptr) secrets.path_secret = KdfSecret::copy_of(*member.path_secret);
  for (const PreSharedKeyId* psk : psks) secrets.psks.push_back(*psk);
  return secrets;
}

}  // namespace

Result<GroupInfo> make_group_info(const Epoch& epoch, const TreeView& tree, TreeDelivery delivery,
                                  Extensions extensions, const GroupInfoSigner& signer) {
  GroupInfo made{epoch.context, std::move(extensions), epoch.confirmation_tag, signer.leaf, {}};
  if (delivery == TreeDelivery::in_message)
    made.extensions.set(ExtensionType::ratchet_tree,
                        wire::written([&](wire::Writer& out) { write_ratchet_tree(out, tree); }));
  TAUT_TRY(const crypto::Signature signature,
           sign_with_label(signer.key, kGroupInfoLabel, group_info_tbs(made)));
  made.signature = to_bytes(signature.view());
  return made;
}

Status verify_group_info(const Suite& suite, const GroupInfo& group_info, const SignaturePublicKey& key) {
  const auto public_key = crypto::SignaturePublic::from_bytes(suite.signature, key.view());
  if (!public_key) return refuse(errors::kBadSignature);
  return verify_with_label(*public_key, kGroupInfoLabel, group_info_tbs(group_info), group_info.signature);
}

Result<Welcome> make_welcome(const Suite& suite, const NextEpoch& next, const GroupInfo& group_info,
                             std::span<const NewMember> members, std::span<const PreSharedKeyId* const> psks,
                             Random& random) {
  TAUT_TRY(const WelcomeKey key, WelcomeKey::derive(suite, next.welcome_secret));
  const Bytes plaintext = encoded(group_info);
  Welcome welcome;
  welcome.cipher_suite = suite.id;
  welcome.encrypted_group_info.resize(plaintext.size() + crypto::kTagBytes);
  key.aead.seal(key.nonce.view(), {}, plaintext, welcome.encrypted_group_info);

  // The context holds the whole tree, as a rule: hashed for each of n members, n would be squared.
  const auto context = shared_encrypt_context(suite, "Welcome", welcome.encrypted_group_info);
  for (const NewMember& member : members) {
    TAUT_TRY(const auto init_key,
             crypto::DhPublic::from_bytes(suite.dh, member.key_package->init_key.view()));
    const SecretBytes secrets = group_secrets(next, member, psks).to_secret_bytes();
    TAUT_TRY(crypto::hpke::Sealed sealed,
             crypto::hpke::seal(context, init_key, {}, secrets.expose(), random));
    welcome.secrets.push_back({make_key_package_ref(suite, encoded(*member.key_package)),
                               {to_bytes(sealed.enc.view()), std::move(sealed.ciphertext)}});
  }
  return welcome;
}

}  // namespace taut::mls
