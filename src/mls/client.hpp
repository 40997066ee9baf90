#pragma once
// This client as it appears in groups: its keys, its credential, what it supports (RFC 9420 §5.3, §10).

#include "base/time.hpp"
#include "mls/key_package.hpp"
#include "mls/labelled.hpp"

namespace taut::mls {

/// A KeyPackage of one's own, with the private keys behind it. Serves to join one group, then goes;
/// one marked as last resort may stay.
struct OwnKeyPackage {
  KeyPackage key_package;
  KeyPackageRef ref;
  crypto::DhKeyPair init_key;
  crypto::DhKeyPair encryption_key;
  crypto::SignatureKeyPair signature_key;

  /// The MLSMessage to publish.
  Bytes message() const;
  /// To be stored until a Welcome comes.
  SecretBytes save() const;
  /// @errors malformed; kBadKey: a private key that does not belong to the KeyPackage
  static Result<OwnKeyPackage> load(ByteView saved);
  struct PrivateKeys {
    ByteView init_key, encryption_key, signature_key;
  };
  static Result<OwnKeyPackage> from_parts(const Suite& suite, KeyPackage key_package,
                                          const PrivateKeys& keys);
  static OwnKeyPackage copy_of(const OwnKeyPackage& other);
};

enum class KeyPackageUse : std::uint8_t { once, last_resort };

struct Client {
  crypto::SuiteId suite{};
  crypto::SignatureKeyPair signature_key;
  Credential credential;
  Capabilities capabilities;
  Extensions leaf_extensions{};

  /// @errors misuse: the signature key is not of the suite; limits of crypto
  Result<OwnKeyPackage> make_key_package(const Lifetime& lifetime, Random& random,
                                         KeyPackageUse use = KeyPackageUse::once) const;
};

/// What this library supports: MLS 1.0, the suite, both credential types, SelfRemove, last-resort marks.
Capabilities our_capabilities(crypto::SuiteId suite);
/// The same with random reserved values (§13.5), which others must ignore.
Capabilities with_grease(Capabilities capabilities, Random& random);

/// From now (a little before it, for clocks that differ) until now + `length`.
Lifetime lifetime_from(WallTime now, std::chrono::seconds length);

}  // namespace taut::mls
