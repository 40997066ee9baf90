#pragma once
// The key schedule, RFC 9420 §8: from one epoch's init_secret to the next epoch's secrets.

#include "mls/labelled.hpp"

namespace taut::mls {

/// The secrets that an epoch lives from (§8, table 4). Each is used for one thing.
struct EpochSecrets {
  KdfSecret sender_data_secret;
  KdfSecret encryption_secret;  ///< moves into the secret tree (§9)
  KdfSecret exporter_secret;
  KdfSecret epoch_authenticator;
  KdfSecret external_secret;
  KdfSecret confirmation_key;
  KdfSecret membership_key;
  KdfSecret resumption_psk;
  KdfSecret init_secret;  ///< starts the next epoch

  /// Every DeriveSecret(epoch_secret, label) of the table.
  static EpochSecrets from_epoch_secret(const Suite& suite, const KdfSecret& epoch_secret);
};

/// commit_secret or psk_secret where there is none: KDF.Nh zero bytes.
KdfSecret zero_secret(const Suite& suite);

/// joiner_secret from the old epoch's init_secret.
/// @param group_context  the encoded GroupContext of the new epoch
KdfSecret derive_joiner_secret(const Suite& suite, const KdfSecret& init_secret,
                               const KdfSecret& commit_secret, ByteView group_context);

/// What lies behind the joiner_secret: the key of a Welcome's GroupInfo, and the epoch_secret.
struct JoinerStage {
  KdfSecret welcome_secret;
  KdfSecret epoch_secret;

  static JoinerStage from_joiner_secret(const Suite& suite, const KdfSecret& joiner_secret,
                                        const KdfSecret& psk_secret, ByteView group_context);
};
/// welcome_secret alone: a joiner needs it before it knows the GroupContext.
KdfSecret derive_welcome_secret(const Suite& suite, const KdfSecret& joiner_secret,
                                const KdfSecret& psk_secret);

/// welcome_key and welcome_nonce, §12.4.3.1.
struct WelcomeKey {
  crypto::Aead aead;
  BoundedBytes<12> nonce;

  static Result<WelcomeKey> derive(const Suite& suite, const KdfSecret& welcome_secret);
};

/// MLS-Exporter(Label, Context, Length), §8.5.
/// @param size  at most 255 · KDF.Nh
/// @errors      misuse: size, or a label over 255 bytes
Result<SecretBytes> export_secret(const Suite& suite, const KdfSecret& exporter_secret,
                                  std::string_view label, ByteView context, std::size_t size);

/// external_priv, external_pub = KEM.DeriveKeyPair(external_secret), §8.
Result<crypto::DhKeyPair> derive_external_key_pair(const Suite& suite, const KdfSecret& external_secret);

/// External initialisation, §8.3: the joiner's side sends kem_output, both get an init_secret.
struct ExternalInitSecret {
  crypto::hpke::Encapsulated kem_output;
  KdfSecret init_secret;
};
Result<ExternalInitSecret> send_external_init(const Suite& suite, const crypto::DhPublic& external_pub,
                                              Random& random);
/// @errors malformed (bad_key): kem_output is no key of the suite
Result<KdfSecret> receive_external_init(const Suite& suite, const crypto::DhKeyPair& external_key,
                                        ByteView kem_output);

/// MAC(confirmation_key, confirmed_transcript_hash), §6.1.
Digest compute_confirmation_tag(const Suite& suite, const KdfSecret& confirmation_key,
                                ByteView confirmed_transcript_hash);
/// MAC(membership_key, AuthenticatedContentTBM), §6.2. The parts are those of the structure.
Digest compute_membership_tag(const Suite& suite, const KdfSecret& membership_key, ByteView content_tbs,
                              ByteView auth);

/// Transcript hashes, §8.2.
/// @param confirmed_input  encoded ConfirmedTranscriptHashInput
Digest next_confirmed_transcript_hash(const Suite& suite, ByteView interim_transcript_hash,
                                      ByteView confirmed_input);
Digest next_interim_transcript_hash(const Suite& suite, ByteView confirmed_transcript_hash,
                                    ByteView confirmation_tag);

}  // namespace taut::mls
