#include "topic/checkpoint.hpp"

namespace taut::topic {

namespace {

constexpr std::string_view kCheckpointLabel = "Checkpoint";
constexpr std::size_t kCheckpointNonceBytes = 24;
constexpr auto kCheckpointAead = crypto::AeadId::xchacha20poly1305;

std::unexpected<Error> bad_checkpoint() { return fail(Errc::unauthentic, reasons::kBadCheckpoint); }

Bytes checkpoint_aad(const CheckpointSealing& sealing) {
  return wire::written([&](wire::Writer& out) {
    out.vector(as_bytes("taut 1 topic checkpoint")).raw(sealing.topic_id.view()).u64(sealing.key_epoch);
  });
}

}  // namespace

Bytes encode(const Checkpoint& checkpoint, const TopicId& topic_id) {
  return wire::written([&](wire::Writer& out) {
    out.raw(topic_id.view()).raw(checkpoint.node_id.view()).u64(checkpoint.epoch).u64(checkpoint.position);
    out.raw(checkpoint.commit_hash.view()).vector(checkpoint.authenticator).u64(checkpoint.seen);
  });
}

Result<Checkpoint> decode_checkpoint(ByteView tbs, const TopicId& topic_id) {
  wire::Reader in(tbs);
  Checkpoint checkpoint;
  TAUT_TRY(const TopicId topic, in.value<TopicId>());
  if (topic != topic_id) return bad_checkpoint();
  TAUT_TRY(checkpoint.node_id, in.value<NodeId>());
  TAUT_TRY(checkpoint.epoch, in.u64());
  TAUT_TRY(checkpoint.position, in.u64());
  TAUT_TRY(checkpoint.commit_hash, in.value<EntryHash>());
  TAUT_TRY(const ByteView authenticator, in.vector(crypto::kHashBytesMax));
  checkpoint.authenticator = to_bytes(authenticator);
  TAUT_TRY(checkpoint.seen, in.u64());
  TAUT_CHECK(in.finish());
  return checkpoint;
}

Result<Bytes> seal_checkpoint(const Checkpoint& checkpoint, const CheckpointSealing& sealing,
                              const crypto::SignatureKeyPair& identity, Random& random) {
  const Bytes tbs = encode(checkpoint, sealing.topic_id);
  TAUT_TRY(const crypto::Signature signature,
           crypto::sign_with_label(identity, crypto::kTautPrefix, kCheckpointLabel, tbs));
  const Bytes plaintext = wire::written([&](wire::Writer& out) { out.vector(tbs).vector(signature.view()); });
  TAUT_TRY(const crypto::Aead aead, crypto::Aead::create(kCheckpointAead, sealing.key.expose()));
  std::array<Byte, kCheckpointNonceBytes> nonce{};
  random.fill(nonce);
  Bytes ciphertext(plaintext.size() + crypto::kTagBytes);
  aead.seal(nonce, checkpoint_aad(sealing), plaintext, ciphertext);
  return wire::written([&](wire::Writer& out) { out.u64(sealing.key_epoch).raw(nonce).vector(ciphertext); });
}

Result<std::uint64_t> key_epoch_of(ByteView sealed) { return wire::Reader(sealed).u64(); }

Status OpenedCheckpoint::verify(const crypto::SignaturePublic& key) const {
  if (!crypto::verify_with_label(key, crypto::kTautPrefix, kCheckpointLabel, tbs, signature))
    return bad_checkpoint();
  return {};
}

Result<OpenedCheckpoint> open_checkpoint(ByteView sealed, const CheckpointSealing& sealing) {
  wire::Reader in(sealed);
  TAUT_TRY(const std::uint64_t key_epoch, in.u64());
  TAUT_TRY(const ByteView nonce, in.take(kCheckpointNonceBytes));
  TAUT_TRY(const ByteView ciphertext, in.vector());
  TAUT_CHECK(in.finish());
  if (key_epoch != sealing.key_epoch || ciphertext.size() < crypto::kTagBytes) return bad_checkpoint();
  TAUT_TRY(const crypto::Aead aead, crypto::Aead::create(kCheckpointAead, sealing.key.expose()));
  Bytes plaintext(ciphertext.size() - crypto::kTagBytes);
  if (!aead.open(nonce, checkpoint_aad(sealing), ciphertext, plaintext)) return bad_checkpoint();
  wire::Reader inside(plaintext);
  TAUT_TRY(const ByteView tbs, inside.vector());
  TAUT_TRY(const ByteView signature, inside.vector(crypto::kSignatureBytesMax));
  TAUT_CHECK(inside.finish());
  TAUT_TRY(Checkpoint checkpoint, decode_checkpoint(tbs, sealing.topic_id));
  return OpenedCheckpoint{std::move(checkpoint), to_bytes(tbs), to_bytes(signature)};
}

}  // namespace taut::topic
