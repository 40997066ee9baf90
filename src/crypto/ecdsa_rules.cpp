#include "crypto/ecdsa_rules.hpp"

#include <openssl/ecdsa.h>

#include "crypto/signature.hpp"

namespace taut::crypto {
namespace {

using SigValue = Handle<ECDSA_SIG, ECDSA_SIG_free>;

bool in_range(const BIGNUM* number, const BIGNUM* order) {
  return !BN_is_negative(number) && !BN_is_zero(number) && BN_cmp(number, order) < 0;
}

/// Parsers take more forms than DER has, each version others: what was read must write back the same bytes.
bool is_der(const ECDSA_SIG* value, ByteView signature) {
  std::array<Byte, kSignatureBytesMax> again{};
  if (i2d_ECDSA_SIG(value, nullptr) != static_cast<int>(signature.size())) return false;
  Byte* out = again.data();
  insist(i2d_ECDSA_SIG(value, &out) == static_cast<int>(signature.size()));
  return equal(ByteView(again).first(signature.size()), signature);
}

}  // namespace

bool ecdsa_acceptable(const Curve& curve, ByteView signature) {
  if (signature.size() > kSignatureBytesMax) return false;
  const Byte* in = signature.data();
  const SigValue value(d2i_ECDSA_SIG(nullptr, &in, static_cast<long>(signature.size())));
  return value && is_der(value.get(), signature) && in_range(ECDSA_SIG_get0_r(value.get()), curve.order()) &&
         in_range(ECDSA_SIG_get0_s(value.get()), curve.order());
}

}  // namespace taut::crypto
