#include "mls/private_message.hpp"

namespace taut::mls {

namespace {

/// struct { opaque group_id<V>; uint64 epoch; ContentType content_type; } SenderDataAAD;   §6.3.2
/// PrivateContentAAD has authenticated_data<V> behind it (§6.3.1).
void write_sender_data_aad(wire::Writer& out, const PrivateMessage& message) {
  out.vector(message.group_id.view()).u64(message.epoch).u8(static_cast<std::uint8_t>(message.content_type));
}

Bytes content_aad(const PrivateMessage& message) {
  return wire::written([&](wire::Writer& out) {
    write_sender_data_aad(out, message);
    out.vector(message.authenticated_data);
  });
}

Bytes sender_data_aad(const PrivateMessage& message) {
  return wire::written([&](wire::Writer& out) { write_sender_data_aad(out, message); });
}

/// PrivateMessageContent (§6.3.1): content, auth, zeros; with room for the tag.
struct Plaintext {
  Bytes bytes;
  std::size_t size = 0;
};
Plaintext private_message_content(const AuthenticatedContent& content, std::uint32_t padding_block) {
  Bytes bytes = wire::written([&](wire::Writer& out) {
    content.content.content.write(out);
    content.auth.write(out);
  });
  std::size_t size = bytes.size();
  if (padding_block > 1) size = (size + padding_block - 1) / padding_block * padding_block;
  bytes.resize(size + crypto::kTagBytes);
  return {std::move(bytes), size};
}

BoundedSecret<12> guarded(const BoundedSecret<12>& nonce, const std::array<Byte, 4>& reuse_guard) {
  BoundedSecret<12> out = BoundedSecret<12>::copy_of(nonce);
  for (std::size_t i = 0; i < reuse_guard.size(); ++i) out.fill()[i] ^= reuse_guard[i];
  return out;
}

}  // namespace

MessageKey derive_sender_data_key(const Suite& suite, const KdfSecret& sender_data_secret,
                                  ByteView ciphertext) {
  const ByteView sample = ciphertext.first(std::min(ciphertext.size(), crypto::hash_size(suite.hash)));
  MessageKey made = MessageKey::of_suite(suite);
  expand_with_label(suite, sender_data_secret.expose(), "key", sample, made.key.fill());
  expand_with_label(suite, sender_data_secret.expose(), "nonce", sample, made.nonce.fill());
  return made;
}

Result<PrivateMessage> encrypt_private(const Suite& suite, const AuthenticatedContent& content,
                                       const SecretTree::Staged& key, const KdfSecret& sender_data_secret,
                                       std::uint32_t padding_block, Random& random) {
  const FramedContent& framed = content.content;
  PrivateMessage message{framed.group_id,           framed.epoch, framed.content.type(),
                         framed.authenticated_data, {},           {}};
  std::array<Byte, 4> reuse_guard{};
  random.fill(reuse_guard);

  TAUT_TRY(const crypto::Aead aead, crypto::Aead::create(suite.aead, key.key.key.expose()));
  Plaintext plaintext = private_message_content(content, padding_block);
  aead.seal(guarded(key.key.nonce, reuse_guard).expose(), content_aad(message),
            ByteView(plaintext.bytes).first(plaintext.size), plaintext.bytes);
  message.ciphertext = std::move(plaintext.bytes);

  const Bytes sender_data = wire::written([&](wire::Writer& out) {
    out.u32(key.position.leaf.value).u32(key.position.generation).raw(reuse_guard);
  });
  const MessageKey sender_key = derive_sender_data_key(suite, sender_data_secret, message.ciphertext);
  TAUT_TRY(const crypto::Aead sender_aead, crypto::Aead::create(suite.aead, sender_key.key.expose()));
  message.encrypted_sender_data.resize(sender_data.size() + crypto::kTagBytes);
  sender_aead.seal(sender_key.nonce.expose(), sender_data_aad(message), sender_data,
                   message.encrypted_sender_data);
  return message;
}

Result<SenderData> open_sender_data(const Suite& suite, const PrivateMessage& message,
                                    const KdfSecret& sender_data_secret) {
  std::array<Byte, SenderData::size_bytes> bytes{};
  if (message.encrypted_sender_data.size() != bytes.size() + crypto::kTagBytes)
    return refuse(errors::kBadTag);
  const MessageKey key = derive_sender_data_key(suite, sender_data_secret, message.ciphertext);
  TAUT_TRY(const crypto::Aead aead, crypto::Aead::create(suite.aead, key.key.expose()));
  TAUT_CHECK(aead.open(key.nonce.expose(), sender_data_aad(message), message.encrypted_sender_data, bytes));
  wire::Reader in(bytes);
  SenderData sender;
  TAUT_TRY(sender.leaf_index.value, in.u32());
  TAUT_TRY(sender.generation, in.u32());
  TAUT_TRY(const ByteView guard, in.take(sender.reuse_guard.size()));
  std::ranges::copy(guard, sender.reuse_guard.begin());
  return sender;
}

Result<AuthenticatedContent> decrypt_private(const Suite& suite, const PrivateMessage& message,
                                             const SenderData& sender, const MessageKey& key) {
  if (message.ciphertext.size() < crypto::kTagBytes) return refuse(errors::kBadTag);
  TAUT_TRY(const crypto::Aead aead, crypto::Aead::create(suite.aead, key.key.expose()));
  SecretBytes plaintext(message.ciphertext.size() - crypto::kTagBytes);
  TAUT_CHECK(aead.open(guarded(key.nonce, sender.reuse_guard).expose(), content_aad(message),
                       message.ciphertext, plaintext.fill()));
  wire::Reader in(plaintext.expose());
  TAUT_TRY(Content content, Content::read(in, message.content_type));
  TAUT_TRY(FramedContentAuthData auth, FramedContentAuthData::read(in, message.content_type));
  if (std::ranges::any_of(in.rest(), [](Byte byte) { return byte != 0; })) return refuse(errors::kMalformed);
  return AuthenticatedContent{WireFormat::private_message,
                              {message.group_id, message.epoch, Sender::member(sender.leaf_index),
                               message.authenticated_data, std::move(content)},
                              std::move(auth)};
}

}  // namespace taut::mls
