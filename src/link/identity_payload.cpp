#include "link/identity_payload.hpp"

#include "link/limits.hpp"
#include "wire/extensions.hpp"

namespace taut::link {
namespace {

Result<std::optional<NodeId>> read_optional_node_id(wire::Reader& in) {
  TAUT_TRY(const bool is_present, in.present());
  if (!is_present) return std::nullopt;
  TAUT_TRY(const NodeId node_id, in.value<NodeId>());
  return node_id;
}

Result<crypto::SignaturePublic> read_signature_key(wire::Reader& in) {
  TAUT_TRY(const std::uint16_t number, in.u16());
  TAUT_TRY(const crypto::SignatureId id, crypto::signature_id(number));
  TAUT_TRY(const ByteView key, in.vector(crypto::kSignaturePublicBytesMax));
  return crypto::SignaturePublic::from_bytes(id, key);
}

}  // namespace

Bytes write_identity_payload(const IdentityPayload& payload) {
  Bytes out;
  wire::Writer writer(out);
  writer.present(payload.recipient.has_value());
  if (payload.recipient) writer.raw(payload.recipient->view());
  writer.u16(static_cast<std::uint16_t>(payload.signature_key.id)).vector(payload.signature_key.bytes.view());
  write_link_key_certificate(writer, payload.certificate);
  wire::write_extensions(writer, {});
  const std::size_t blocks = (out.size() + kHandshakePaddingBytes - 1) / kHandshakePaddingBytes;
  out.resize(blocks * kHandshakePaddingBytes);
  return out;
}

Result<IdentityPayload> read_identity_payload(ByteView bytes) {
  if (bytes.size() % kHandshakePaddingBytes != 0) return malformed();
  wire::Reader in(bytes);
  TAUT_TRY(const std::optional<NodeId> recipient, read_optional_node_id(in));
  TAUT_TRY(const crypto::SignaturePublic signature_key, read_signature_key(in));
  TAUT_TRY(identity::LinkKeyCertificate certificate, identity::read_link_key_certificate(in));
  TAUT_CHECK(wire::read_extensions(in, {}));
  const bool is_padded = std::ranges::all_of(in.rest(), [](Byte byte) { return byte == 0; });
  if (!is_padded) return malformed();
  return IdentityPayload{recipient, signature_key, certificate};
}

}  // namespace taut::link
