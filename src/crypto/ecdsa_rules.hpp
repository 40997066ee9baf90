#pragma once
// Which ECDSA signatures taut looks at. As with EdDSA, the rules stand here in front of every backend,
// though OpenSSL 3.0 has them too: what one version checks, another need not.
//
//   ECDSA-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }     RFC 3279 §2.2.3
//
// in DER, which has one form for a value (X.690 §10, §11), with r and s in 1..order-1 (FIPS 186-5 §6.4.2).

#include "crypto/curve.hpp"

namespace taut::crypto {

bool ecdsa_acceptable(const Curve& curve, ByteView signature);

}  // namespace taut::crypto
