#pragma once

#include <optional>

#include "mls/commit.hpp"

namespace taut::mls {

/// struct { opaque path_secret<V>; } PathSecret;
/// struct {
///   opaque joiner_secret<V>;
///   optional<PathSecret> path_secret;
///   PreSharedKeyID psks<V>;
/// } GroupSecrets;                                                                RFC 9420 §12.4.3.1
///
/// Secrets of at most kHashBytesMax bytes. Not a wire structure like the others: it exists in the clear
/// only, so it encodes into memory that is wiped.
struct GroupSecrets {
  crypto::DerivedKey joiner_secret;
  std::optional<crypto::DerivedKey> path_secret;
  std::vector<PreSharedKeyId> psks;

  static Result<GroupSecrets> read(wire::Reader& in);
  SecretBytes to_secret_bytes() const;
};

/// struct {
///   KeyPackageRef new_member;
///   HPKECiphertext encrypted_group_secrets;
/// } EncryptedGroupSecrets;                                                       RFC 9420 §12.4.3.1
struct EncryptedGroupSecrets {
  KeyPackageRef new_member;
  HpkeCiphertext encrypted_group_secrets;

  static Result<EncryptedGroupSecrets> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  friend bool operator==(const EncryptedGroupSecrets&, const EncryptedGroupSecrets&) = default;
};

/// struct {
///   CipherSuite cipher_suite;
///   EncryptedGroupSecrets secrets<V>;
///   opaque encrypted_group_info<V>;
/// } Welcome;                                                                     RFC 9420 §12.4.3.1
struct Welcome {
  CipherSuite cipher_suite{};
  std::vector<EncryptedGroupSecrets> secrets;
  Bytes encrypted_group_info;

  static Result<Welcome> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  friend bool operator==(const Welcome&, const Welcome&) = default;
};

}  // namespace taut::mls
