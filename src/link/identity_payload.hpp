#pragma once
// What a party says of itself inside the handshake, encrypted: whose static key this is, and whom it is
// talking to.
//
//   struct {
//     optional<NodeId> recipient;           present wherever the sender knows it
//     uint16 signature_algorithm;
//     opaque signature_key<V>;
//     LinkKeyCertificate certificate;       names the sender's node ID
//     Extension extensions<V>;
//     opaque padding[...];                  zeros, up to a multiple of 256 bytes
//   } IdentityPayload;

#include "identity/identity.hpp"

namespace taut::link {

struct IdentityPayload {
  std::optional<NodeId> recipient;
  crypto::SignaturePublic signature_key;
  identity::LinkKeyCertificate certificate;
};

Bytes write_identity_payload(const IdentityPayload& payload);

/// Parses; nothing is verified yet.
/// @errors malformed; incompatible: algorithm, suite, critical extension
Result<IdentityPayload> read_identity_payload(ByteView bytes);

}  // namespace taut::link
