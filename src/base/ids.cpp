#include "base/ids.hpp"

#include "base/bech32m.hpp"

namespace taut {

namespace {
constexpr std::string_view kNodeIdPrefix = "taut";
}

std::string to_text(const NodeId& id) { return bech32m::encode(kNodeIdPrefix, id.view()); }

Result<NodeId> node_id_from_text(std::string_view text) {
  TAUT_TRY(const Bytes bytes, bech32m::decode(kNodeIdPrefix, text));
  if (bytes.size() != NodeId::size_bytes) return malformed();
  return NodeId(ByteView(bytes).first<NodeId::size_bytes>());
}

}  // namespace taut
