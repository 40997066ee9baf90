#include "mls/group_state.hpp"
#include "mls/saved_keys.hpp"

namespace taut::mls {

SecretBytes PendingCommit::save() const {
  const Bytes public_part = wire::written([&](wire::Writer& out) {
    out.vector(message_hash.view());
    content.write(out);
  });
  constexpr std::size_t kOtherSecretsBytesMax = 4 * crypto::kHashBytesMax + crypto::kDhPrivateBytesMax;
  return secret_written(public_part.size() + kOtherSecretsBytesMax + kPrivateTreeBytesMax,
                        [&](wire::Writer& out) {
                          out.raw(public_part).vector(commit_secret.expose()).vector(psk_secret.expose());
                          out.present(own.signature_key.has_value());
                          if (own.signature_key) out.vector(own.signature_key->private_key.expose());
                          write_private_tree(out, own.private_tree);
                        });
}

Result<PendingCommit> PendingCommit::load(const Suite& suite, ByteView saved) {
  wire::Reader in(saved);
  TAUT_TRY(const Digest message_hash, read_digest(in));
  TAUT_TRY(AuthenticatedContent content, AuthenticatedContent::read(in));
  if (content.content.content.as<Commit>() == nullptr) return malformed();
  TAUT_TRY(const ByteView commit_secret, in.vector(crypto::kHashBytesMax));
  TAUT_TRY(const ByteView psk_secret, in.vector(crypto::kHashBytesMax));
  std::optional<crypto::SignatureKeyPair> signature_key;
  TAUT_TRY(const bool has_signature_key, in.present());
  if (has_signature_key) {
    TAUT_TRY(const ByteView key, in.vector());
    TAUT_TRY(signature_key, crypto::SignatureKeyPair::from_private(suite.signature, key));
  }
  TAUT_TRY(PrivateTree private_tree, read_private_tree(suite, in));
  TAUT_CHECK(in.finish());
  return PendingCommit{message_hash,
                       std::move(content),
                       {std::move(private_tree), std::move(signature_key)},
                       KdfSecret(commit_secret),
                       KdfSecret(psk_secret),
                       nullptr};
}

}  // namespace taut::mls
