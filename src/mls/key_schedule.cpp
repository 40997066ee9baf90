#include "mls/key_schedule.hpp"

#include "wire/writer.hpp"

namespace taut::mls {

EpochSecrets EpochSecrets::from_epoch_secret(const Suite& suite, const KdfSecret& epoch_secret) {
  const ByteView secret = epoch_secret.expose();
  return {
      .sender_data_secret = derive_secret(suite, secret, "sender data"),
      .encryption_secret = derive_secret(suite, secret, "encryption"),
      .exporter_secret = derive_secret(suite, secret, "exporter"),
      .epoch_authenticator = derive_secret(suite, secret, "authentication"),
      .external_secret = derive_secret(suite, secret, "external"),
      .confirmation_key = derive_secret(suite, secret, "confirm"),
      .membership_key = derive_secret(suite, secret, "membership"),
      .resumption_psk = derive_secret(suite, secret, "resumption"),
      .init_secret = derive_secret(suite, secret, "init"),
  };
}

KdfSecret zero_secret(const Suite& suite) { return KdfSecret::of_size(crypto::hash_size(suite.hash)); }

KdfSecret derive_joiner_secret(const Suite& suite, const KdfSecret& init_secret,
                               const KdfSecret& commit_secret, ByteView group_context) {
  const KdfSecret extracted =
      crypto::hkdf_extract(suite.hash, init_secret.expose(), {commit_secret.expose()});
  return expand_with_label(suite, extracted.expose(), "joiner", group_context);
}

JoinerStage JoinerStage::from_joiner_secret(const Suite& suite, const KdfSecret& joiner_secret,
                                            const KdfSecret& psk_secret, ByteView group_context) {
  const KdfSecret extracted = crypto::hkdf_extract(suite.hash, joiner_secret.expose(), {psk_secret.expose()});
  return {.welcome_secret = derive_secret(suite, extracted.expose(), "welcome"),
          .epoch_secret = expand_with_label(suite, extracted.expose(), "epoch", group_context)};
}

KdfSecret derive_welcome_secret(const Suite& suite, const KdfSecret& joiner_secret,
                                const KdfSecret& psk_secret) {
  const KdfSecret extracted = crypto::hkdf_extract(suite.hash, joiner_secret.expose(), {psk_secret.expose()});
  return derive_secret(suite, extracted.expose(), "welcome");
}

Result<WelcomeKey> WelcomeKey::derive(const Suite& suite, const KdfSecret& welcome_secret) {
  auto key = BoundedSecret<32>::of_size(crypto::aead_key_size(suite.aead));
  auto nonce = BoundedBytes<12>::of_size(crypto::aead_nonce_size(suite.aead));
  expand_with_label(suite, welcome_secret.expose(), "key", {}, key.fill());
  expand_with_label(suite, welcome_secret.expose(), "nonce", {}, nonce.fill());
  TAUT_TRY(crypto::Aead aead, crypto::Aead::create(suite.aead, key.expose()));
  return WelcomeKey{std::move(aead), nonce};
}

Result<SecretBytes> export_secret(const Suite& suite, const KdfSecret& exporter_secret,
                                  std::string_view label, ByteView context, std::size_t size) {
  if (size > 255 * crypto::hash_size(suite.hash) || label.size() > kLabelBytesMax)
    return refuse(errors::kMisuse);
  const KdfSecret derived = derive_secret(suite, exporter_secret.expose(), label);
  const Digest context_hash = crypto::hash(suite.hash, {context});
  SecretBytes exported(size);
  expand_with_label(suite, derived.expose(), "exported", context_hash.view(), exported.fill());
  return exported;
}

Result<crypto::DhKeyPair> derive_external_key_pair(const Suite& suite, const KdfSecret& external_secret) {
  return crypto::DhKeyPair::derive(suite.dh, external_secret.expose());
}

namespace {

Result<KdfSecret> export_init_secret(const Suite& suite, const crypto::hpke::Context& context) {
  TAUT_TRY(const SecretBytes exported,
           context.export_secret(as_bytes("MLS 1.0 external init secret"), crypto::hash_size(suite.hash)));
  return KdfSecret(exported.expose());
}

}  // namespace

Result<ExternalInitSecret> send_external_init(const Suite& suite, const crypto::DhPublic& external_pub,
                                              Random& random) {
  TAUT_TRY(const crypto::hpke::SenderContext sender,
           crypto::hpke::setup_sender(hpke_algorithms(suite), external_pub, {}, random));
  TAUT_TRY(KdfSecret init_secret, export_init_secret(suite, sender.context));
  return ExternalInitSecret{sender.enc, std::move(init_secret)};
}

Result<KdfSecret> receive_external_init(const Suite& suite, const crypto::DhKeyPair& external_key,
                                        ByteView kem_output) {
  TAUT_TRY(const crypto::hpke::Context context,
           crypto::hpke::setup_recipient(hpke_algorithms(suite), kem_output, external_key, {}));
  return export_init_secret(suite, context);
}

Digest compute_confirmation_tag(const Suite& suite, const KdfSecret& confirmation_key,
                                ByteView confirmed_transcript_hash) {
  return Digest(crypto::hmac(suite.hash, confirmation_key.expose(), {confirmed_transcript_hash}).expose());
}

Digest compute_membership_tag(const Suite& suite, const KdfSecret& membership_key, ByteView content_tbs,
                              ByteView auth) {
  return Digest(crypto::hmac(suite.hash, membership_key.expose(), {content_tbs, auth}).expose());
}

Digest next_confirmed_transcript_hash(const Suite& suite, ByteView interim_transcript_hash,
                                      ByteView confirmed_input) {
  return crypto::hash(suite.hash, {interim_transcript_hash, confirmed_input});
}

Digest next_interim_transcript_hash(const Suite& suite, ByteView confirmed_transcript_hash,
                                    ByteView confirmation_tag) {
  // InterimTranscriptHashInput holds the tag as a vector.
  const Bytes input = wire::written([&](wire::Writer& out) { out.vector(confirmation_tag); });
  return crypto::hash(suite.hash, {confirmed_transcript_hash, input});
}

}  // namespace taut::mls
