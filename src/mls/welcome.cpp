#include "mls/welcome.hpp"

namespace taut::mls {
namespace {

Result<crypto::DerivedKey> read_secret(wire::Reader& in) {
  TAUT_TRY(const ByteView bytes, in.vector(crypto::kHashBytesMax));
  return crypto::DerivedKey(bytes);
}

}  // namespace

Result<GroupSecrets> GroupSecrets::read(wire::Reader& in) {
  GroupSecrets secrets;
  TAUT_TRY(secrets.joiner_secret, read_secret(in));
  TAUT_TRY(const bool has_path_secret, in.present());
  if (has_path_secret) {
    TAUT_TRY(secrets.path_secret, read_secret(in));
  }
  TAUT_TRY(secrets.psks, read_list<PreSharedKeyId>(in));
  return secrets;
}

SecretBytes GroupSecrets::to_secret_bytes() const {
  const Bytes public_part = wire::written([&](wire::Writer& out) { write_list(out, psks); });
  Bytes bytes;
  // Enough for two secrets, their lengths and the presence byte: the buffer must not move while it fills.
  bytes.reserve(public_part.size() + 2 * crypto::kHashBytesMax + 16);
  wire::Writer out(bytes);
  out.vector(joiner_secret.expose()).present(path_secret.has_value());
  if (path_secret) out.vector(path_secret->expose());
  out.raw(public_part);
  SecretBytes secret(bytes);
  wipe(bytes);
  return secret;
}

Result<EncryptedGroupSecrets> EncryptedGroupSecrets::read(wire::Reader& in) {
  TAUT_TRY(const crypto::Digest hash, read_digest(in));
  TAUT_TRY(HpkeCiphertext ciphertext, HpkeCiphertext::read(in));
  return EncryptedGroupSecrets{{hash}, std::move(ciphertext)};
}

void EncryptedGroupSecrets::write(wire::Writer& out) const {
  out.vector(new_member.hash.view());
  encrypted_group_secrets.write(out);
}

Result<Welcome> Welcome::read(wire::Reader& in) {
  Welcome welcome;
  TAUT_TRY(const std::uint16_t cipher_suite, in.u16());
  welcome.cipher_suite = static_cast<CipherSuite>(cipher_suite);
  TAUT_TRY(welcome.secrets, read_list<EncryptedGroupSecrets>(in));
  TAUT_TRY(welcome.encrypted_group_info, read_bytes(in));
  return welcome;
}

void Welcome::write(wire::Writer& out) const {
  out.u16(static_cast<std::uint16_t>(cipher_suite));
  write_list(out, secrets);
  out.vector(encrypted_group_info);
}

}  // namespace taut::mls
