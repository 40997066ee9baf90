#include "crypto/curve.hpp"

#include <openssl/bn.h>
#include <openssl/obj_mac.h>

namespace taut::crypto {
namespace {

using Number = Handle<BIGNUM, BN_clear_free>;
using NumberContext = Handle<BN_CTX, BN_CTX_free>;  // clears what it lent
using Point = Handle<EC_POINT, EC_POINT_clear_free>;

constexpr int kDrawsMax = 256;
constexpr Byte kUncompressed = 0x04;

Number to_number(ByteView bytes) {
  Number number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
  insist(number != nullptr);
  return number;
}

Number to_secret_number(ByteView bytes) {
  Number number = to_number(bytes);
  BN_set_flags(number.get(), BN_FLG_CONSTTIME);
  return number;
}

NumberContext number_context() {
  NumberContext context(BN_CTX_new());
  insist(context != nullptr);
  return context;
}

Point new_point(const EC_GROUP* group) {
  Point point(EC_POINT_new(group));
  insist(point != nullptr);
  return point;
}

}  // namespace

Curve::Curve(int nid, const char* name, std::size_t scalar_size, Byte top_mask)
    : group_(EC_GROUP_new_by_curve_name(nid)), name_(name), scalar_size_(scalar_size), top_mask_(top_mask) {
  insist(group_ != nullptr);
}

// Never freed, as all that OpenSSL lends for the life of the process (openssl.hpp).
const Curve& Curve::p256() {
  static const Curve* const kCurve = new Curve(NID_X9_62_prime256v1, "P-256", 32, 0xff);
  return *kCurve;
}
const Curve& Curve::p384() {
  static const Curve* const kCurve = new Curve(NID_secp384r1, "P-384", 48, 0xff);
  return *kCurve;
}
const Curve& Curve::p521() {
  static const Curve* const kCurve = new Curve(NID_secp521r1, "P-521", 66, 0x01);
  return *kCurve;
}

bool Curve::is_point(ByteView bytes) const {
  if (bytes.size() != point_size() || bytes[0] != kUncompressed) return false;
  const Point point = new_point(group_.get());
  const NumberContext context = number_context();
  // Checks that both coordinates are below the prime and satisfy the equation.
  return EC_POINT_oct2point(group_.get(), point.get(), bytes.data(), bytes.size(), context.get()) == 1;
}

bool Curve::is_scalar(ByteView bytes) const {
  if (bytes.size() != scalar_size_) return false;
  const Number number = to_secret_number(bytes);
  return !BN_is_zero(number.get()) && BN_cmp(number.get(), order()) < 0;
}

Status Curve::draw_scalar(Random& random, MutableByteView scalar) const {
  for (int tries = 0; tries < kDrawsMax; ++tries) {
    random.fill(scalar);
    mask(scalar);
    if (is_scalar(scalar)) return {};
  }
  return fail(Errc::unavailable, reasons::kBadKey);
}

void Curve::multiply_base(ByteView scalar, MutableByteView point) const {
  const Number number = to_secret_number(scalar);
  const Point product = new_point(group_.get());
  const NumberContext context = number_context();
  insist(EC_POINT_mul(group_.get(), product.get(), number.get(), nullptr, nullptr, context.get()) == 1);
  insist(EC_POINT_point2oct(group_.get(), product.get(), POINT_CONVERSION_UNCOMPRESSED, point.data(),
                            point.size(), context.get()) == point.size());
}

void Curve::multiply(ByteView point, ByteView scalar, MutableByteView x) const {
  const Number number = to_secret_number(scalar);
  const Point base = new_point(group_.get());
  const Point product = new_point(group_.get());
  const NumberContext context = number_context();
  const Number coordinate(BN_secure_new());
  insist(coordinate != nullptr);
  const EC_GROUP* group = group_.get();
  insist(EC_POINT_oct2point(group, base.get(), point.data(), point.size(), context.get()) == 1);
  // OpenSSL takes the constant-time way for one point and a number of any flags (ec_mult.c).
  insist(EC_POINT_mul(group, product.get(), nullptr, base.get(), number.get(), context.get()) == 1);
  insist(EC_POINT_get_affine_coordinates(group, product.get(), coordinate.get(), nullptr, context.get()) ==
         1);
  insist(BN_bn2binpad(coordinate.get(), x.data(), static_cast<int>(x.size())) == static_cast<int>(x.size()));
}

}  // namespace taut::crypto
