#pragma once

#include "mls/extension.hpp"

namespace taut::mls {

/// struct {
///     ProtocolVersion version = mls10;
///     CipherSuite cipher_suite;
///     opaque group_id<V>;
///     uint64 epoch;
///     opaque tree_hash<V>;
///     opaque confirmed_transcript_hash<V>;
///     Extension extensions<V>;
/// } GroupContext;                                                                RFC 9420 §8.1
struct GroupContext {
  CipherSuite cipher_suite{};
  GroupId group_id;
  std::uint64_t epoch = 0;
  crypto::Digest tree_hash;
  crypto::Digest confirmed_transcript_hash;
  Extensions extensions;

  /// @errors malformed; kUnsupportedVersion
  static Result<GroupContext> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  friend bool operator==(const GroupContext&, const GroupContext&) = default;
};

}  // namespace taut::mls
