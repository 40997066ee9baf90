#pragma once
// Which EdDSA keys and signatures taut accepts before any equation is looked at. Libraries differ at
// these edges (RFC 8032 §5.1.7 leaves some open), and two members of a group that differ would split it.
// So the rules stand here, in front of every backend:
//
//   - S is below the group's order                        (RFC 8032 §5.1.7, §5.2.7)
//   - A and R are canonical: y below the field's prime    (§5.1.3, §5.2.3 step 1)
//   - A and R are not of small order, in either sign; with the two above this also refuses x = 0 with
//     the sign bit set
//
// What is left is one equation: for Ed25519 the one without cofactor, [S]B = R + [k]A, which both
// libsodium and OpenSSL check; for Ed448 the one with it, [4][S]B = [4]R + [4][k]A, which is OpenSSL's.
// A further backend must check the same; tests/unit/crypto/ed25519_test.cpp and ed448_test.cpp tell.

#include "base/bytes.hpp"

namespace taut::crypto {

/// @pre public_key: 32 bytes
bool ed25519_acceptable(ByteView public_key, ByteView signature);
/// @pre public_key: 57 bytes
bool ed448_acceptable(ByteView public_key, ByteView signature);

}  // namespace taut::crypto
