#pragma once
// Every use of a key in MLS carries a label and a context (RFC 9420 §5.1, §5.2, §8): the labelled
// forms of hash, KDF, signature and public-key encryption, over the suite's algorithms.

#include "crypto/hpke.hpp"
#include "mls/types.hpp"

namespace taut::mls {

using crypto::Suite;

/// KDF.Nh bytes: a secret of the key schedule, the secret tree or a path.
using KdfSecret = crypto::DerivedKey;
/// Hash.Nh bytes: KeyPackageRef, ProposalRef, tree and transcript hashes.
using crypto::Digest;

/// Labels that come from outside (exporters) are at most this long; the specification's are shorter.
inline constexpr std::size_t kLabelBytesMax = 255;

/// ExpandWithLabel(Secret, Label, Context, Length), §8. Fills `out`.
/// @pre out.size() <= 255 · KDF.Nh, label.size() <= kLabelBytesMax
void expand_with_label(const Suite& suite, ByteView secret, std::string_view label, ByteView context,
                       MutableByteView out);
/// The same with Length = KDF.Nh.
KdfSecret expand_with_label(const Suite& suite, ByteView secret, std::string_view label, ByteView context);
/// DeriveSecret(Secret, Label), §8.
KdfSecret derive_secret(const Suite& suite, ByteView secret, std::string_view label);
/// DeriveTreeSecret(Secret, Label, Generation, Length), §9.1. Fills `out`, at most KDF.Nh bytes.
void derive_tree_secret(const Suite& suite, ByteView secret, std::string_view label, std::uint32_t generation,
                        MutableByteView out);

/// RefHash(label, value), §5.2; `label` whole, as the section gives it.
Digest ref_hash(const Suite& suite, std::string_view label, ByteView value);
/// @param key_package  the encoded KeyPackage
KeyPackageRef make_key_package_ref(const Suite& suite, ByteView key_package);
/// @param content  the encoded AuthenticatedContent that carried the Proposal
ProposalRef make_proposal_ref(const Suite& suite, ByteView content);

/// SignWithLabel(SignatureKey, Label, Content), §5.1.2.
Result<crypto::Signature> sign_with_label(const crypto::SignatureKeyPair& key, std::string_view label,
                                          ByteView content);
/// VerifyWithLabel(VerificationKey, Label, Content, SignatureValue), §5.1.2.
/// @errors unauthentic (bad_signature)
Status verify_with_label(const crypto::SignaturePublic& key, std::string_view label, ByteView content,
                         ByteView signature);

crypto::hpke::Algorithms hpke_algorithms(const Suite& suite);
/// EncryptWithLabel(PublicKey, Label, Context, Plaintext), §5.1.3.
Result<crypto::hpke::Sealed> encrypt_with_label(const Suite& suite, const crypto::DhPublic& public_key,
                                                std::string_view label, ByteView context, ByteView plaintext,
                                                Random& random);
/// Label and Context of EncryptWithLabel for many recipients, hashed once.
crypto::hpke::SharedInfo shared_encrypt_context(const Suite& suite, std::string_view label, ByteView context);

/// DecryptWithLabel(PrivateKey, Label, Context, KEMOutput, Ciphertext), §5.1.3.
/// @errors unauthentic (bad_tag), whatever was wrong
Result<SecretBytes> decrypt_with_label(const Suite& suite, const crypto::DhKeyPair& key,
                                       std::string_view label, ByteView context, ByteView kem_output,
                                       ByteView ciphertext);

}  // namespace taut::mls
