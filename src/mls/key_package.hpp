#pragma once

#include "mls/leaf_node.hpp"

namespace taut::mls {

/// struct {
///     ProtocolVersion version;
///     CipherSuite cipher_suite;
///     HPKEPublicKey init_key;
///     LeafNode leaf_node;
///     Extension extensions<V>;
///     /* SignWithLabel(., "KeyPackageTBS", KeyPackageTBS) */
///     opaque signature<V>;
/// } KeyPackage;                                                                  RFC 9420 §10
struct KeyPackage {
  ProtocolVersion version = ProtocolVersion::mls10;
  CipherSuite cipher_suite{};
  HpkePublicKey init_key;
  LeafNode leaf_node;
  Extensions extensions;
  Bytes signature;

  static Result<KeyPackage> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  /// KeyPackageTBS: the fields above the signature.
  void write_tbs(wire::Writer& out) const;
  friend bool operator==(const KeyPackage&, const KeyPackage&) = default;
};

}  // namespace taut::mls
