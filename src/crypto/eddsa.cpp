// Ed25519 by libsodium, which takes about half of OpenSSL's time; Ed448 by OpenSSL.

#include <sodium.h>

#include "crypto/eddsa_rules.hpp"
#include "crypto/openssl.hpp"
#include "crypto/schemes.hpp"

namespace taut::crypto {
namespace {

constexpr std::size_t kEd25519SignatureBytes = 64;
constexpr std::size_t kEd448SignatureBytes = 114;

using SodiumPrivate = Secret<struct SodiumPrivateTag, crypto_sign_SECRETKEYBYTES>;  // seed || public key

Signature ed25519_sign(const SignatureKeyPair& key, ByteView message) {
  SodiumPrivate expanded;
  std::ranges::copy(key.private_key.expose(), expanded.fill().begin());
  std::ranges::copy(key.public_key.bytes.view(), expanded.fill().begin() + crypto_sign_SEEDBYTES);
  Signature signature = Signature::of_size(kEd25519SignatureBytes);
  crypto_sign_detached(signature.fill().data(), nullptr, message.data(), message.size(),
                       expanded.expose().data());
  return signature;
}

Key ed448_private(ByteView seed) {
  Key key(EVP_PKEY_new_raw_private_key_ex(nullptr, "ED448", nullptr, seed.data(), seed.size()));
  insist(key != nullptr);
  return key;
}

Signature ed448_sign(const SignatureKeyPair& key, ByteView message) {
  const Key evp_key = ed448_private(key.private_key.expose());
  const MdContext context(EVP_MD_CTX_new());
  insist(context && EVP_DigestSignInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr, evp_key.get(),
                                          nullptr) == 1);
  Signature signature = Signature::of_size(kEd448SignatureBytes);
  std::size_t size = signature.size();
  insist(EVP_DigestSign(context.get(), signature.fill().data(), &size, message.data(), message.size()) == 1);
  return signature;
}

bool ed448_verify(ByteView public_key, ByteView message, ByteView signature) {
  const Key key(
      EVP_PKEY_new_raw_public_key_ex(nullptr, "ED448", nullptr, public_key.data(), public_key.size()));
  const MdContext context(EVP_MD_CTX_new());
  insist(key && context);
  return EVP_DigestVerifyInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr, key.get(), nullptr) ==
             1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                          message.size()) == 1;
}

}  // namespace

void eddsa_public(SignatureId id, ByteView seed, MutableByteView out) {
  if (id == SignatureId::ed25519) {
    SodiumPrivate expanded;
    insist(crypto_sign_seed_keypair(out.data(), expanded.fill().data(), seed.data()) == 0);
    return;
  }
  std::size_t size = out.size();
  insist(EVP_PKEY_get_raw_public_key(ed448_private(seed).get(), out.data(), &size) == 1);
}

Signature eddsa_sign(const SignatureKeyPair& key, ByteView message) {
  return key.public_key.id == SignatureId::ed25519 ? ed25519_sign(key, message) : ed448_sign(key, message);
}

bool eddsa_verify(const SignaturePublic& key, ByteView message, ByteView signature) {
  const ByteView public_key = key.bytes.view();
  if (key.id == SignatureId::ed25519) {
    return ed25519_acceptable(public_key, signature) &&
           crypto_sign_verify_detached(signature.data(), message.data(), message.size(), public_key.data()) ==
               0;
  }
  return ed448_acceptable(public_key, signature) && ed448_verify(public_key, message, signature);
}

}  // namespace taut::crypto
