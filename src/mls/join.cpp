#include "mls/join.hpp"

#include "mls/tree_validation.hpp"
#include "mls/welcome_message.hpp"

namespace taut::mls {

Result<VerifiedGroup> verify_group(const Suite& suite, GroupInfo group_info, const std::optional<Bytes>& tree,
                                   const Hooks& hooks) {
  const GroupContext& context = group_info.group_context;
  if (context.cipher_suite != suite.id) return refuse(errors::kUnsupportedSuite);
  const Bytes* inside = group_info.extensions.find(ExtensionType::ratchet_tree);
  if (inside == nullptr && !tree) return refuse(errors::kMissingTree);
  TAUT_TRY(RatchetTree ratchet_tree,
           RatchetTree::decoded(suite.hash, inside != nullptr ? *inside : ByteView(*tree)));
  const LeafNode* signer = ratchet_tree.leaf(group_info.signer);
  if (signer == nullptr) return refuse(errors::kUnknownSender);
  TAUT_CHECK(verify_group_info(suite, group_info, signer->signature_key));
  if (ratchet_tree.tree_hash() != context.tree_hash) return refuse(errors::kBadTreeHash);

  TAUT_TRY(const LeafRules rules, LeafRules::of_group(context));
  TAUT_CHECK(validate_tree(ratchet_tree, rules, hooks.executor));
  Status judged;
  ratchet_tree.for_each_member([&](LeafIndex, const LeafNode& leaf) {
    if (judged) judged = hooks.authentication.validate(leaf.credential, leaf.signature_key);
  });
  TAUT_CHECK(judged);
  // The tree now is in `tree`; its encoding would be kept for nothing.
  group_info.extensions.remove(ExtensionType::ratchet_tree);
  return VerifiedGroup{std::move(group_info), std::move(ratchet_tree)};
}

namespace {

/// What the committer told this new member alone.
Result<GroupSecrets> open_group_secrets(const Suite& suite, const OwnKeyPackage& own,
                                        const Welcome& welcome) {
  const auto entry = std::ranges::find(welcome.secrets, own.ref, &EncryptedGroupSecrets::new_member);
  if (entry == welcome.secrets.end()) return refuse(errors::kMissingKeyPackage);
  const HpkeCiphertext& sealed = entry->encrypted_group_secrets;
  TAUT_TRY(const SecretBytes plaintext,
           decrypt_with_label(suite, own.init_key, "Welcome", welcome.encrypted_group_info, sealed.kem_output,
                              sealed.ciphertext));
  wire::Reader in(plaintext.expose());
  TAUT_TRY(GroupSecrets secrets, GroupSecrets::read(in));
  TAUT_CHECK(in.finish());
  if (secrets.psks.size() > kPskCountMax) return refuse(errors::kLimit);
  return secrets;
}

Result<GroupInfo> open_group_info(const Suite& suite, const KdfSecret& welcome_secret, ByteView encrypted) {
  TAUT_TRY(const WelcomeKey key, WelcomeKey::derive(suite, welcome_secret));
  if (encrypted.size() < crypto::kTagBytes) return refuse(errors::kBadTag);
  Bytes plaintext(encrypted.size() - crypto::kTagBytes);
  TAUT_CHECK(key.aead.open(key.nonce.view(), {}, encrypted, plaintext));
  return decoded<GroupInfo>(plaintext);
}

/// A PSK with usage reinit or branch, of which there is at most one.
/// @errors kNotPermitted: two of them
Result<const ResumptionPskId*> linking_psk(const std::vector<PreSharedKeyId>& psks) {
  const ResumptionPskId* found = nullptr;
  for (const PreSharedKeyId& psk : psks) {
    const auto* resumption = std::get_if<ResumptionPskId>(&psk.id);
    if (resumption == nullptr || resumption->usage == ResumptionPskUsage::application) continue;
    if (found != nullptr) return refuse(errors::kNotPermitted);
    found = resumption;
  }
  return found;
}

Status check_link(const ResumptionPskId* link, const GroupState* previous, const GroupContext& context,
                  const TreeView& tree, const AuthenticationService& authentication) {
  if (link == nullptr) return {};
  if (previous == nullptr || previous->epoch.context.group_id != link->psk_group_id)
    return refuse(errors::kMissingPsk);
  if (link->usage == ResumptionPskUsage::reinit && previous->epoch.context.epoch != link->psk_epoch)
    return refuse(errors::kNotPermitted);
  return check_successor_group(*previous, link->usage, context, tree, authentication);
}

}  // namespace

Result<std::unique_ptr<GroupState>> join_by_welcome(const Hooks& hooks, const OwnKeyPackage& own,
                                                    const Welcome& welcome, const JoinOptions& options,
                                                    const GroupState* previous) {
  if (welcome.cipher_suite != own.key_package.cipher_suite) return refuse(errors::kUnsupportedSuite);
  const Suite& suite = crypto::suite(own.key_package.cipher_suite);
  TAUT_TRY(const GroupSecrets secrets, open_group_secrets(suite, own, welcome));
  TAUT_TRY(const ResumptionPskId* link, linking_psk(secrets.psks));
  std::vector<const PreSharedKeyId*> psk_ids;
  for (const PreSharedKeyId& psk : secrets.psks) psk_ids.push_back(&psk);
  const PskFinder psks{hooks.psks, nullptr, previous};
  TAUT_TRY(const KdfSecret psk_secret, psks.psk_secret(suite, psk_ids));
  TAUT_TRY(GroupInfo group_info,
           open_group_info(suite, derive_welcome_secret(suite, secrets.joiner_secret, psk_secret),
                           welcome.encrypted_group_info));
  TAUT_TRY(VerifiedGroup verified, verify_group(suite, std::move(group_info), options.ratchet_tree, hooks));
  GroupContext& context = verified.group_info.group_context;
  TAUT_CHECK(check_link(link, previous, context, verified.tree, hooks.authentication));

  const auto leaf = verified.tree.find_leaf(own.key_package.leaf_node);
  if (!leaf) return refuse(errors::kMissingKeyPackage);
  PrivateTree private_tree(*leaf, crypto::DhKeyPair::copy_of(own.encryption_key));
  if (secrets.path_secret)
    TAUT_CHECK(
        private_tree.join(suite, verified.tree, verified.group_info.signer, secrets.path_secret->expose()));
  const JoinerStage stage =
      JoinerStage::from_joiner_secret(suite, secrets.joiner_secret, psk_secret, encoded(context));
  Epoch epoch = Epoch::begin(suite, std::move(context), stage.epoch_secret, verified.tree.size());
  if (!equals_in_constant_time(epoch.confirmation_tag.view(), verified.group_info.confirmation_tag.view()))
    return refuse(errors::kBadConfirmationTag);
  return std::make_unique<GroupState>(hooks, options.settings, &suite, std::move(verified.tree), *leaf,
                                      std::move(private_tree),
                                      crypto::SignatureKeyPair::copy_of(own.signature_key), std::move(epoch));
}

}  // namespace taut::mls
