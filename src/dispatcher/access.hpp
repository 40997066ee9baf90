#pragma once
// Who may put how much into an inbox.

#include "dispatcher/records.hpp"
#include "frame/access.hpp"

namespace taut::dispatcher {

/// The owner's rules. As a note:
/// struct { opaque key[32]; DeliveryTokenId revoked<V>; } Access;
struct Access {
  frame::DeliveryKey key;
  std::vector<frame::DeliveryTokenId> revoked;

  /// @errors malformed
  static Result<Access> parse(ByteView note);
  Bytes written() const;

  /// The share of who shows this token. A token that does not hold, or was called off, is no token.
  Share share_of(ByteView token, const NodeId& inbox) const;
};

}  // namespace taut::dispatcher
