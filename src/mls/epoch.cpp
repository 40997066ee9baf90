#include "mls/epoch.hpp"

namespace taut::mls {

Epoch Epoch::begin(const Suite& suite, GroupContext context, const KdfSecret& epoch_secret, TreeSize size) {
  EpochSecrets secrets = EpochSecrets::from_epoch_secret(suite, epoch_secret);
  const Digest& confirmed = context.confirmed_transcript_hash;
  const Mac tag = compute_confirmation_tag(suite, secrets.confirmation_key, confirmed.view());
  const Digest interim = next_interim_transcript_hash(suite, confirmed.view(), tag.view());
  SecretTree secret_tree(suite, context.epoch, std::move(secrets.encryption_secret), size.leaf_count());
  Bytes encoded_context = encoded(context);
  return {std::move(context), std::move(encoded_context), interim, tag,
          std::move(secrets), std::move(secret_tree)};
}

NextEpoch advance_epoch(const Suite& suite, const Digest& interim_transcript_hash, GroupContext provisional,
                        const AuthenticatedContent& commit, const CommitSecrets& secrets, TreeSize size) {
  provisional.confirmed_transcript_hash = confirm_transcript(suite, interim_transcript_hash.view(), commit);
  const Bytes group_context = encoded(provisional);
  KdfSecret joiner_secret =
      derive_joiner_secret(suite, secrets.init_secret, secrets.commit_secret, group_context);
  JoinerStage stage =
      JoinerStage::from_joiner_secret(suite, joiner_secret, secrets.psk_secret, group_context);
  return {Epoch::begin(suite, std::move(provisional), stage.epoch_secret, size), std::move(joiner_secret),
          std::move(stage.welcome_secret)};
}

namespace {

/// In the order of the saved form.
template <class Secrets>
auto saved_secrets(Secrets& secrets) {
  return std::array{&secrets.sender_data_secret, &secrets.exporter_secret,  &secrets.epoch_authenticator,
                    &secrets.external_secret,    &secrets.confirmation_key, &secrets.membership_key,
                    &secrets.resumption_psk,     &secrets.init_secret};
}

}  // namespace

void Epoch::write(wire::Writer& out) const {
  context.write(out);
  out.vector(interim_transcript_hash.view()).vector(confirmation_tag.view());
  for (const KdfSecret* secret : saved_secrets(secrets)) out.vector(secret->expose());
}

Result<Epoch> Epoch::read(const Suite& suite, wire::Reader& in, TreeSize size) {
  TAUT_TRY(GroupContext context, GroupContext::read(in));
  TAUT_TRY(const Digest interim, read_digest(in));
  TAUT_TRY(const Mac tag, read_digest(in));
  EpochSecrets secrets;
  for (KdfSecret* secret : saved_secrets(secrets)) {
    TAUT_TRY(const ByteView bytes, in.vector(crypto::kHashBytesMax));
    *secret = KdfSecret(bytes);
  }
  SecretTree secret_tree = SecretTree::empty(suite, context.epoch, size.leaf_count());
  Bytes encoded_context = encoded(context);
  return Epoch{std::move(context), std::move(encoded_context), interim, tag,
               std::move(secrets), std::move(secret_tree)};
}

}  // namespace taut::mls
