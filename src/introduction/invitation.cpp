#include "introduction/invitation.hpp"

#include "wire/reader.hpp"
#include "wire/writer.hpp"

namespace taut::introduction {

namespace {

constexpr crypto::HashId kHash = crypto::HashId::sha256;

/// Two uses of one secret, two keys.
crypto::DerivedKey derived(const InvitationSecret& secret, std::string_view label) {
  auto key = crypto::DerivedKey::of_size(32);
  // 32 bytes are far below HKDF's limit.
  static_cast<void>(crypto::hkdf_expand(kHash, secret.expose(), {as_bytes(label)}, key.fill()));
  return key;
}

}  // namespace

Invitation Invitation::copy_of(const Invitation& other) {
  return {other.id, InvitationSecret::copy_of(other.secret), other.not_after_s, other.uses};
}

InvitationProof prove(const InvitationSecret& secret, ByteView introduction) {
  const crypto::DerivedKey key = derived(secret, "taut 1 invitation proof");
  const crypto::DerivedKey tag = crypto::hmac(kHash, key.expose(), {introduction});
  return InvitationProof(tag.expose().first<InvitationProof::size_bytes>());
}

InvitationPsk invitation_psk(const InvitationSecret& secret) {
  const crypto::DerivedKey psk = derived(secret, "taut 1 invitation psk");
  return InvitationPsk(psk.expose().first<InvitationPsk::size_bytes>());
}

Bytes psk_id_bytes(const InvitationPskId& psk_id) {
  return wire::written([&](wire::Writer& out) { out.raw(psk_id.id.view()).raw(psk_id.psk.expose()); });
}

Result<InvitationPskId> read_psk_id(ByteView bytes) {
  wire::Reader in(bytes);
  TAUT_TRY(const InvitationId id, in.value<InvitationId>());
  TAUT_TRY(const ByteView psk, in.take(InvitationPsk::size_bytes));
  TAUT_CHECK(in.finish());
  return InvitationPskId{id, InvitationPsk(psk.first<InvitationPsk::size_bytes>())};
}

}  // namespace taut::introduction
