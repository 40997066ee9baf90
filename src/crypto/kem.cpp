#include "crypto/kem.hpp"

#include <cstdlib>

#include "crypto/labeled.hpp"

namespace taut::crypto::hpke {
namespace {

/// ExtractAndExpand(dh, kem_context), where an authenticated dh has two parts.
/// kem_context = concat(enc, pkRm [, pkSm])
Result<SharedSecret> extract_and_expand(DhId kem, std::initializer_list<ByteView> dh,
                                        std::initializer_list<ByteView> kem_context) {
  const Labeled kdf = kem_kdf(kem);
  const DerivedKey eae_prk = kdf.extract({}, "eae_prk", dh);
  SharedSecret shared_secret = SharedSecret::of_size(hash_size(kdf.hash()));
  TAUT_CHECK(kdf.expand(eae_prk.expose(), "shared_secret", kem_context, shared_secret.fill()));
  return shared_secret;
}

}  // namespace

// RFC 9180 §7.1.
std::uint16_t kem_id(DhId kem) {
  switch (kem) {
    case DhId::p256:
      return 0x0010;
    case DhId::p384:
      return 0x0011;
    case DhId::p521:
      return 0x0012;
    case DhId::x25519:
      return 0x0020;
    case DhId::x448:
      return 0x0021;
  }
  std::abort();
}

Result<SharedSecret> encap(const DhPublic& recipient, const DhKeyPair& ephemeral, const DhKeyPair* sender) {
  const DhId kem = recipient.id();
  const ByteView enc = ephemeral.public_key.view();
  TAUT_TRY(const DhSecret first, dh(ephemeral, recipient));
  if (sender == nullptr) return extract_and_expand(kem, {first.expose()}, {enc, recipient.view()});
  TAUT_TRY(const DhSecret second, dh(*sender, recipient));
  return extract_and_expand(kem, {first.expose(), second.expose()},
                            {enc, recipient.view(), sender->public_key.view()});
}

Result<SharedSecret> decap(ByteView enc, const DhKeyPair& recipient, const DhPublic* sender) {
  const DhId kem = recipient.public_key.id();
  TAUT_TRY(const DhPublic ephemeral, DhPublic::from_bytes(kem, enc));
  TAUT_TRY(const DhSecret first, dh(recipient, ephemeral));
  const ByteView recipient_public = recipient.public_key.view();
  if (sender == nullptr) return extract_and_expand(kem, {first.expose()}, {enc, recipient_public});
  TAUT_TRY(const DhSecret second, dh(recipient, *sender));
  return extract_and_expand(kem, {first.expose(), second.expose()}, {enc, recipient_public, sender->view()});
}

}  // namespace taut::crypto::hpke
