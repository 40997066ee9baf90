#pragma once
// PrivateMessage, RFC 9420 §6.3: content encrypted under a key that serves once, the sender under
// another that depends on the ciphertext.

#include "mls/framing.hpp"
#include "mls/secret_tree.hpp"

namespace taut::mls {

/// struct {
///     uint32 leaf_index;
///     uint32 generation;
///     opaque reuse_guard[4];
/// } SenderData;                                                                  RFC 9420 §6.3.2
struct SenderData {
  LeafIndex leaf_index;
  std::uint32_t generation = 0;
  std::array<Byte, 4> reuse_guard{};

  static constexpr std::size_t size_bytes = 12;
};

/// Key and nonce for SenderData, from a sample of the ciphertext.
MessageKey derive_sender_data_key(const Suite& suite, const KdfSecret& sender_data_secret,
                                  ByteView ciphertext);

/// @param key            the sender's next one, to be consumed by the caller
/// @param padding_block  the plaintext is padded to a multiple of it; 0: not at all
/// @pre   the sender is a member
Result<PrivateMessage> encrypt_private(const Suite& suite, const AuthenticatedContent& content,
                                       const SecretTree::Staged& key, const KdfSecret& sender_data_secret,
                                       std::uint32_t padding_block, Random& random);

/// Who sent it, and with which key: the first step of opening.
/// @errors kBadTag
Result<SenderData> open_sender_data(const Suite& suite, const PrivateMessage& message,
                                    const KdfSecret& sender_data_secret);
/// The second step. The signature is the caller's to verify, before it consumes the key.
/// @errors kBadTag; malformed: the plaintext, or padding that is not zero
Result<AuthenticatedContent> decrypt_private(const Suite& suite, const PrivateMessage& message,
                                             const SenderData& sender, const MessageKey& key);

}  // namespace taut::mls
