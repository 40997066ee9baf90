#pragma once
// The NIST curves P-256, P-384 and P-521 on serialised points and scalars, over OpenSSL's point
// arithmetic. Internal to this room: Diffie-Hellman and ECDSA share it. All three have cofactor 1, so a
// point that is on the curve and not at infinity is in the group (SP 800-56A rev. 3 §5.6.2.3.4).

#include <openssl/ec.h>

#include "base/random.hpp"
#include "crypto/openssl.hpp"

namespace taut::crypto {

class Curve {
 public:
  static const Curve& p256();
  static const Curve& p384();
  static const Curve& p521();

  std::size_t scalar_size() const { return scalar_size_; }
  std::size_t point_size() const { return 1 + 2 * scalar_size_; }
  const char* name() const { return name_; }
  const BIGNUM* order() const { return EC_GROUP_get0_order(group_.get()); }

  /// A SEC1 uncompressed point (SEC 1 v2 §2.3.4): 0x04, two coordinates below the field's prime, on the
  /// curve.
  bool is_point(ByteView bytes) const;
  /// Big-endian, of the full size, in 1..order-1.
  bool is_scalar(ByteView bytes) const;

  /// Fills `scalar` by rejection sampling (SP 800-56A rev. 3 §5.6.1.2.2).
  /// @errors unavailable: nothing fit in 256 tries, so `random` is none
  Status draw_scalar(Random& random, MutableByteView scalar) const;
  /// Clears the bits of a candidate that no scalar has (RFC 9180 §7.1.3, `bitmask`).
  void mask(MutableByteView candidate) const { candidate[0] &= top_mask_; }

  /// scalar · G
  /// @pre is_scalar(scalar); point.size() == point_size()
  void multiply_base(ByteView scalar, MutableByteView point) const;
  /// The x coordinate of scalar · point (SEC 1 v2 §3.3.1).
  /// @pre is_scalar(scalar), is_point(point); x.size() == scalar_size()
  void multiply(ByteView point, ByteView scalar, MutableByteView x) const;

 private:
  Curve(int nid, const char* name, std::size_t scalar_size, Byte top_mask);

  Handle<EC_GROUP, EC_GROUP_free> group_;
  const char* name_;
  std::size_t scalar_size_;
  Byte top_mask_;
};

}  // namespace taut::crypto
