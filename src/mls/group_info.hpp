#pragma once

#include "mls/group_context.hpp"

namespace taut::mls {

/// struct {
///     GroupContext group_context;
///     Extension extensions<V>;
///     MAC confirmation_tag;
///     uint32 signer;
///     /* SignWithLabel(., "GroupInfoTBS", GroupInfoTBS) */
///     opaque signature<V>;
/// } GroupInfo;                                                                   RFC 9420 §12.4.3
struct GroupInfo {
  GroupContext group_context;
  Extensions extensions;
  Mac confirmation_tag;
  LeafIndex signer;
  Bytes signature;

  static Result<GroupInfo> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  /// GroupInfoTBS: the fields above the signature.
  void write_tbs(wire::Writer& out) const;
  friend bool operator==(const GroupInfo&, const GroupInfo&) = default;
};

}  // namespace taut::mls
