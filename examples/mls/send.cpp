#include "examples.hpp"

namespace taut::mls::examples {

// [send]
Result<Bytes> send(Group& group, std::string_view text) {
  // errors::kPendingProposals: somebody wants to leave, say; commit that first (RFC 9420 §12.4).
  return group.protect(as_bytes(text), as_bytes("authenticated, and not encrypted"));
}
// [send]

}  // namespace taut::mls::examples
