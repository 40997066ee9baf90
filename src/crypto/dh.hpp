#pragma once
// Diffie-Hellman groups, one form for all: serialised keys as in RFC 9180 §7.1 (X25519, X448: RFC 7748
// strings; P curves: SEC1 uncompressed points, private keys as big-endian scalars).

#include "base/bounded_bytes.hpp"
#include "base/random.hpp"
#include "base/result.hpp"

namespace taut::crypto {

enum class DhId : std::uint8_t { x25519, x448, p256, p384, p521 };

std::size_t dh_public_size(DhId id);
std::size_t dh_private_size(DhId id);
std::size_t dh_secret_size(DhId id);

inline constexpr std::size_t kDhPublicBytesMax = 133;
inline constexpr std::size_t kDhPrivateBytesMax = 66;

/// A public key that was checked: of its group's size, and a point on the curve.
class DhPublic {
 public:
  /// @errors unauthentic never; malformed (bad_key): size, encoding, off curve, infinity
  static Result<DhPublic> from_bytes(DhId id, ByteView bytes);
  DhId id() const { return id_; }
  ByteView view() const { return bytes_.view(); }
  /// Every shared secret with it would be zero: nobody can encrypt to it. A key that others will have to
  /// use is checked when it arrives, and not when it is too late.
  bool is_low_order() const;
  friend bool operator==(const DhPublic&, const DhPublic&) = default;

 private:
  friend struct DhKeyPair;
  DhPublic(DhId id, ByteView bytes) : id_(id), bytes_(bytes) {}
  DhId id_;
  BoundedBytes<kDhPublicBytesMax> bytes_;
};

using DhPrivate = BoundedSecret<kDhPrivateBytesMax>;
/// The shared x coordinate (X25519, X448: the function's output).
using DhSecret = BoundedSecret<kDhPrivateBytesMax>;

struct DhKeyPair {
  DhPublic public_key;
  DhPrivate private_key;

  /// A uniformly random pair; the same random bytes give the same pair.
  static Result<DhKeyPair> generate(DhId id, Random& random);
  /// RFC 9180 §7.1.3 DeriveKeyPair for the group's DHKEM.
  static Result<DhKeyPair> derive(DhId id, ByteView input_key_material);
  /// @errors malformed (bad_key): size, or a P-curve scalar outside 1..order-1
  static Result<DhKeyPair> from_private(DhId id, ByteView private_key);
  static DhKeyPair copy_of(const DhKeyPair& other);
};

/// @errors malformed (bad_key): groups differ, or the shared secret is all zero (RFC 7748 §6.1)
Result<DhSecret> dh(const DhKeyPair& mine, const DhPublic& theirs);

}  // namespace taut::crypto
