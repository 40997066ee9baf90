#pragma once
// A node's name is the hash of its signature key: an address cannot be forged, and adding suites
// does not change it (docs/protocol/identity.md, "Node ID").
//
//   struct {
//     opaque label<V> = "taut 1 NodeId";
//     uint16 signature_algorithm;
//     opaque signature_key<V>;
//   } NodeIdInput;                        node ID = SHA-256(NodeIdInput)

#include "base/ids.hpp"
#include "crypto/signature.hpp"

namespace taut::identity {

NodeId node_id_of(const crypto::SignaturePublic& key);

}  // namespace taut::identity
