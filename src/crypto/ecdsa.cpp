// ECDSA over P-256, P-384 and P-521 (FIPS 186-5 §6) by OpenSSL; signatures are ECDSA-Sig-Value in DER
// (RFC 3279 §2.2.3).

#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include "crypto/curve.hpp"
#include "crypto/ecdsa_rules.hpp"
#include "crypto/schemes.hpp"

namespace taut::crypto {
namespace {

using Number = Handle<BIGNUM, BN_clear_free>;
using ParamsBuilder = Handle<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using Params = Handle<OSSL_PARAM, OSSL_PARAM_free>;

HashId hash_of(SignatureId id) {
  if (id == SignatureId::ecdsa_p256_sha256) return HashId::sha256;
  return id == SignatureId::ecdsa_p384_sha384 ? HashId::sha384 : HashId::sha512;
}

/// @param scalar  empty: a public key alone
Key evp_key(const Curve& curve, ByteView point, ByteView scalar) {
  const ParamsBuilder builder(OSSL_PARAM_BLD_new());
  const Number secret(BN_secure_new());
  insist(builder && secret);
  insist(OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve.name(), 0) == 1);
  insist(OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                          point.size()) == 1);
  if (!scalar.empty()) {
    insist(BN_bin2bn(scalar.data(), static_cast<int>(scalar.size()), secret.get()) != nullptr);
    BN_set_flags(secret.get(), BN_FLG_CONSTTIME);
    insist(OSSL_PARAM_BLD_push_BN_pad(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, secret.get(), scalar.size()) ==
           1);
  }
  const Params params(OSSL_PARAM_BLD_to_param(builder.get()));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  insist(params && context && EVP_PKEY_fromdata_init(context.get()) == 1);
  EVP_PKEY* made = nullptr;
  const int selection = scalar.empty() ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR;
  insist(EVP_PKEY_fromdata(context.get(), &made, selection, params.get()) == 1);
  return Key(made);
}

/// A key of the curve to copy the parameters from: building a group by name costs as much as a verification.
const EVP_PKEY* parameters_of(SignatureId id) {
  const auto some_key = [](const Curve& curve) {
    Bytes one(curve.scalar_size());
    one.back() = 1;
    Bytes generator(curve.point_size());
    curve.multiply_base(one, generator);
    return evp_key(curve, generator, {}).release();
  };
  static const EVP_PKEY* const kP256 = some_key(Curve::p256());
  static const EVP_PKEY* const kP384 = some_key(Curve::p384());
  static const EVP_PKEY* const kP521 = some_key(Curve::p521());
  if (id == SignatureId::ecdsa_p256_sha256) return kP256;
  return id == SignatureId::ecdsa_p384_sha384 ? kP384 : kP521;
}

/// nullptr: not a point.
Key public_key_of(const SignaturePublic& key) {
  if (!ecdsa_curve(key.id)->is_point(key.bytes.view())) return nullptr;
  Key made(EVP_PKEY_new());
  insist(made && EVP_PKEY_copy_parameters(made.get(), parameters_of(key.id)) == 1);
  insist(EVP_PKEY_set1_encoded_public_key(made.get(), key.bytes.view().data(), key.bytes.size()) == 1);
  return made;
}

}  // namespace

const Curve* ecdsa_curve(SignatureId id) {
  switch (id) {
    case SignatureId::ed25519:
    case SignatureId::ed448:
      return nullptr;
    case SignatureId::ecdsa_p256_sha256:
      return &Curve::p256();
    case SignatureId::ecdsa_p384_sha384:
      return &Curve::p384();
    case SignatureId::ecdsa_p521_sha512:
      return &Curve::p521();
  }
  std::abort();
}

Result<Signature> ecdsa_sign(const SignatureKeyPair& key, ByteView message) {
  const Curve& curve = *ecdsa_curve(key.public_key.id);
  const Key evp = evp_key(curve, key.public_key.bytes.view(), key.private_key.expose());
  const Digest digest = hash(hash_of(key.public_key.id), {message});
  const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, evp.get(), nullptr));
  insist(context && EVP_PKEY_sign_init(context.get()) == 1);
  std::array<Byte, kSignatureBytesMax> signature{};
  std::size_t size = signature.size();
  insist(EVP_PKEY_sign(context.get(), signature.data(), &size, digest.view().data(), digest.size()) == 1);
  return Signature(ByteView(signature).first(size));
}

bool ecdsa_verify(const SignaturePublic& key, ByteView message, ByteView signature) {
  if (!ecdsa_acceptable(*ecdsa_curve(key.id), signature)) return false;
  const Key evp = public_key_of(key);
  if (!evp) return false;
  const Digest digest = hash(hash_of(key.id), {message});
  const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, evp.get(), nullptr));
  insist(context && EVP_PKEY_verify_init(context.get()) == 1);
  return EVP_PKEY_verify(context.get(), signature.data(), signature.size(), digest.view().data(),
                         digest.size()) == 1;
}

}  // namespace taut::crypto
