#include "identity/node_id.hpp"

#include "crypto/hash.hpp"
#include "wire/writer.hpp"

namespace taut::identity {

NodeId node_id_of(const crypto::SignaturePublic& key) {
  const Bytes input = wire::written([&](wire::Writer& out) {
    out.vector(as_bytes("taut 1 NodeId")).u16(static_cast<std::uint16_t>(key.id)).vector(key.bytes.view());
  });
  const crypto::Digest digest = crypto::hash(crypto::HashId::sha256, {input});
  return NodeId(digest.view().first<NodeId::size_bytes>());
}

}  // namespace taut::identity
