#pragma once
// The two families behind signature.hpp. Internal. Sizes of keys have been checked when these run.

#include "crypto/signature.hpp"

namespace taut::crypto {

/// Public from private key. Ed25519 and Ed448: the seed's; RFC 8032 §5.1.5, §5.2.5.
void eddsa_public(SignatureId id, ByteView seed, MutableByteView out);
Signature eddsa_sign(const SignatureKeyPair& key, ByteView message);
bool eddsa_verify(const SignaturePublic& key, ByteView message, ByteView signature);

class Curve;
/// The curve of an ECDSA scheme; nullptr for EdDSA.
const Curve* ecdsa_curve(SignatureId id);
Result<Signature> ecdsa_sign(const SignatureKeyPair& key, ByteView message);
bool ecdsa_verify(const SignaturePublic& key, ByteView message, ByteView signature);

}  // namespace taut::crypto
