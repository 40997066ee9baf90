#pragma once
// Noise protocol names (rev 34 §8): a pattern, a DH group, a cipher and a hash.

#include <string>

#include "crypto/aead.hpp"
#include "crypto/dh.hpp"
#include "crypto/hash.hpp"
#include "noise/pattern.hpp"

namespace taut::noise {

/// Longest name (§8).
inline constexpr std::size_t kNameBytesMax = 255;

struct Protocol {
  std::string name;
  HandshakePattern pattern;
  crypto::DhId dh{};
  crypto::AeadId cipher{};
  crypto::HashId hash{};
};

/// Reads a name such as "Noise_IKpsk2_25519_ChaChaPoly_SHA256".
///
/// DH:     25519, 448 (§12), and by this project's extension P256, P384 (docs/protocol/link.md): public
///         keys are SEC1 uncompressed points, the shared secret is the x coordinate.
/// Cipher: AESGCM (AES-256), ChaChaPoly; XChaChaPoly for vectors only, no suite of taut names it.
/// Hash:   SHA256, SHA512, BLAKE2s, BLAKE2b.
///
/// @errors malformed (bad_protocol_name): not of the form of §8, as the old NoisePSK_ names
///         incompatible (unknown_pattern, unknown_algorithm)
Result<Protocol> protocol_from_name(std::string_view name);

}  // namespace taut::noise
