#pragma once
// DHKEM, RFC 9180 §4.1. Internal: HPKE's setup calls it.

#include "crypto/hpke.hpp"

namespace taut::crypto::hpke {

/// Nsecret bytes: as long as the KEM's own hash.
using SharedSecret = DerivedKey;

/// Encap, AuthEncap; the ephemeral pair comes from the caller, `sender` is null without authentication.
/// @errors malformed (bad_key): groups differ, or a key of low order
Result<SharedSecret> encap(const DhPublic& recipient, const DhKeyPair& ephemeral, const DhKeyPair* sender);
/// Decap, AuthDecap.
/// @errors malformed (bad_key): as above, or `enc` is no key of the group
Result<SharedSecret> decap(ByteView enc, const DhKeyPair& recipient, const DhPublic* sender);

}  // namespace taut::crypto::hpke
