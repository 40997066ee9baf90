#pragma once
// The small types of RFC 9420: numbers of registries, and opaque values by role. Registries are open:
// an unknown number is a value like any other, so that GREASE and the future pass through.

#include <cstdint>

#include "base/bytes.hpp"
#include "crypto/hash.hpp"
#include "crypto/suite.hpp"
#include "mls/errors.hpp"
#include "mls/index.hpp"

namespace taut::mls {

enum class ProtocolVersion : std::uint16_t { mls10 = 1 };
using CipherSuite = crypto::SuiteId;

/// RFC 9420 §17.2.
enum class WireFormat : std::uint16_t {
  public_message = 1,
  private_message = 2,
  welcome = 3,
  group_info = 4,
  key_package = 5,
};

/// RFC 9420 §17.3; last_resort: the extension that earlier revisions of draft-ietf-mls-extensions had where
/// now there is a component.
enum class ExtensionType : std::uint16_t {
  application_id = 1,
  ratchet_tree = 2,
  required_capabilities = 3,
  external_pub = 4,
  external_senders = 5,
  app_data_dictionary = 6,
  last_resort = 0x000a,
};
/// Supported by everyone without being listed (RFC 9420 §7.2).
constexpr bool is_default(ExtensionType type) {
  return type >= ExtensionType::application_id && type <= ExtensionType::external_senders;
}

/// RFC 9420 §17.4, and self_remove of draft-ietf-mls-extensions.
enum class ProposalType : std::uint16_t {
  add = 1,
  update = 2,
  remove = 3,
  psk = 4,
  reinit = 5,
  external_init = 6,
  group_context_extensions = 7,
  self_remove = 0x000a,
};
constexpr bool is_default(ProposalType type) {
  return type >= ProposalType::add && type <= ProposalType::group_context_extensions;
}

/// RFC 9420 §17.5.
enum class CredentialType : std::uint16_t { basic = 1, x509 = 2 };

/// Reserved to keep extension points open (RFC 9420 §13.5). For those who create structures only: a
/// receiver has no special rule for them.
constexpr bool is_grease(std::uint16_t value) {
  return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff) && value != 0xfafa;
}

/// `opaque x<V>` with a role, for public values whose size the suite or the sender decides.
template <class Tag>
struct OpaqueBytes {
  Bytes bytes;

  OpaqueBytes() = default;
  explicit OpaqueBytes(ByteView view) : bytes(to_bytes(view)) {}
  explicit OpaqueBytes(Bytes&& owned) : bytes(std::move(owned)) {}

  ByteView view() const { return bytes; }
  bool empty() const { return bytes.empty(); }
  friend auto operator<=>(const OpaqueBytes&, const OpaqueBytes&) = default;
};

using HpkePublicKey = OpaqueBytes<struct HpkePublicKeyTag>;
using SignaturePublicKey = OpaqueBytes<struct SignaturePublicKeyTag>;
using GroupId = OpaqueBytes<struct GroupIdTag>;

/// HashReference (RFC 9420 §5.2), by what it refers to. At most kHashBytesMax bytes.
struct KeyPackageRef {
  crypto::Digest hash;
  friend auto operator<=>(const KeyPackageRef&, const KeyPackageRef&) = default;
};
struct ProposalRef {
  crypto::Digest hash;
  friend auto operator<=>(const ProposalRef&, const ProposalRef&) = default;
};

/// `opaque MAC<V>` (RFC 9420 §6.1): public bytes; compare with equals_in_constant_time.
using Mac = crypto::Digest;

}  // namespace taut::mls
