#pragma once
// Signatures, always over a label (RFC 9420 §5.1.2): no two uses can be mistaken for each other.

#include "base/bounded_bytes.hpp"
#include "base/random.hpp"
#include "base/result.hpp"

namespace taut::crypto {

/// Numbers of TLS SignatureScheme, as RFC 9420 §17.1 refers to them.
enum class SignatureId : std::uint16_t {
  ed25519 = 0x0807,
  ed448 = 0x0808,
  ecdsa_p256_sha256 = 0x0403,
  ecdsa_p384_sha384 = 0x0503,
  ecdsa_p521_sha512 = 0x0603,
};
/// nullopt-free lookup for bytes from outside.
Result<SignatureId> signature_id(std::uint16_t number);

inline constexpr std::size_t kSignaturePublicBytesMax = 133;
inline constexpr std::size_t kSignatureBytesMax = 144;  // ECDSA P-521 in DER: 139

/// ECDSA: DER ECDSA-Sig-Value (as TLS 1.3 and MLS); EdDSA: RFC 8032.
using Signature = BoundedBytes<kSignatureBytesMax>;
using SignaturePrivate = BoundedSecret<66>;  ///< EdDSA: the seed; ECDSA: big-endian scalar

/// A public key as it came: P curves SEC1 uncompressed, EdDSA 32 or 57 bytes. Whether it is a point is
/// found when it is used.
struct SignaturePublic {
  SignatureId id{};
  BoundedBytes<kSignaturePublicBytesMax> bytes;
  /// @errors malformed (bad_key): wrong size for the algorithm
  static Result<SignaturePublic> from_bytes(SignatureId id, ByteView bytes);
  friend bool operator==(const SignaturePublic&, const SignaturePublic&) = default;
};

struct SignatureKeyPair {
  SignaturePublic public_key;
  SignaturePrivate private_key;
  static Result<SignatureKeyPair> generate(SignatureId id, Random& random);
  static Result<SignatureKeyPair> from_private(SignatureId id, ByteView private_key);
  static SignatureKeyPair copy_of(const SignatureKeyPair& other);
};

/// Raw signature over `message`. Rooms above call sign_with_label; vectors and JOSE call this.
/// OpenSSL 3.0 draws ECDSA's nonce itself: those suites are exempt from bit-equality in the simulator.
Result<Signature> sign(const SignatureKeyPair& key, ByteView message);
/// One acceptance set on every backend: canonical S, A and R; small-order A and R refused; strict DER.
/// @errors unauthentic (bad_signature), whatever was wrong
Status verify(const SignaturePublic& key, ByteView message, ByteView signature);

/// struct { opaque label<V> = prefix || label; opaque content<V>; } SignContent;   RFC 9420 §5.1.2
/// taut's own structures use the prefix "taut 1 ", MLS uses "MLS 1.0 ".
inline constexpr std::string_view kTautPrefix = "taut 1 ";
inline constexpr std::string_view kMlsPrefix = "MLS 1.0 ";
Result<Signature> sign_with_label(const SignatureKeyPair& key, std::string_view prefix,
                                  std::string_view label, ByteView content);
Status verify_with_label(const SignaturePublic& key, std::string_view prefix, std::string_view label,
                         ByteView content, ByteView signature);

}  // namespace taut::crypto
