#include "crypto/signature.hpp"

#include "crypto/curve.hpp"
#include "crypto/schemes.hpp"
#include "wire/writer.hpp"

namespace taut::crypto {
namespace {

struct SignatureSizes {
  std::size_t public_bytes;
  std::size_t private_bytes;
};

constexpr SignatureSizes sizes(SignatureId id) {
  switch (id) {
    case SignatureId::ed25519:
      return {32, 32};
    case SignatureId::ed448:
      return {57, 57};
    case SignatureId::ecdsa_p256_sha256:
      return {65, 32};
    case SignatureId::ecdsa_p384_sha384:
      return {97, 48};
    case SignatureId::ecdsa_p521_sha512:
      return {133, 66};
  }
  std::abort();
}

Bytes sign_content(std::string_view prefix, std::string_view label, ByteView content) {
  Bytes out;
  wire::Writer writer(out);
  writer.vector_size(prefix.size() + label.size()).raw(as_bytes(prefix)).raw(as_bytes(label));
  writer.vector(content);
  return out;
}

}  // namespace

Result<SignatureId> signature_id(std::uint16_t number) {
  switch (const auto id = static_cast<SignatureId>(number)) {
    case SignatureId::ed25519:
    case SignatureId::ed448:
    case SignatureId::ecdsa_p256_sha256:
    case SignatureId::ecdsa_p384_sha384:
    case SignatureId::ecdsa_p521_sha512:
      return id;
  }
  return fail(Errc::incompatible, reasons::kSuiteRefused);
}

Result<SignaturePublic> SignaturePublic::from_bytes(SignatureId id, ByteView bytes) {
  if (bytes.size() != sizes(id).public_bytes) return fail(Errc::malformed, reasons::kBadKey);
  return SignaturePublic{id, BoundedBytes<kSignaturePublicBytesMax>(bytes)};
}

Result<SignatureKeyPair> SignatureKeyPair::generate(SignatureId id, Random& random) {
  SignaturePrivate key = SignaturePrivate::of_size(sizes(id).private_bytes);
  if (const Curve* curve = ecdsa_curve(id)) {
    TAUT_CHECK(curve->draw_scalar(random, key.fill()));
  } else {
    random.fill(key.fill());
  }
  return from_private(id, key.expose());
}

Result<SignatureKeyPair> SignatureKeyPair::from_private(SignatureId id, ByteView private_key) {
  const Curve* curve = ecdsa_curve(id);
  if (private_key.size() != sizes(id).private_bytes || (curve != nullptr && !curve->is_scalar(private_key)))
    return fail(Errc::malformed, reasons::kBadKey);
  SignaturePublic public_key{id, BoundedBytes<kSignaturePublicBytesMax>::of_size(sizes(id).public_bytes)};
  if (curve != nullptr) {
    curve->multiply_base(private_key, public_key.bytes.fill());
  } else {
    eddsa_public(id, private_key, public_key.bytes.fill());
  }
  return SignatureKeyPair{public_key, SignaturePrivate(private_key)};
}

SignatureKeyPair SignatureKeyPair::copy_of(const SignatureKeyPair& other) {
  return {other.public_key, SignaturePrivate::copy_of(other.private_key)};
}

Result<Signature> sign(const SignatureKeyPair& key, ByteView message) {
  const SignatureSizes expected = sizes(key.public_key.id);
  if (key.private_key.size() != expected.private_bytes ||
      key.public_key.bytes.size() != expected.public_bytes)
    return fail(Errc::misuse, reasons::kBadKey);
  if (ecdsa_curve(key.public_key.id) != nullptr) return ecdsa_sign(key, message);
  return eddsa_sign(key, message);
}

Status verify(const SignaturePublic& key, ByteView message, ByteView signature) {
  const bool sized = key.bytes.size() == sizes(key.id).public_bytes;
  const bool is_ecdsa = ecdsa_curve(key.id) != nullptr;
  const bool holds =
      sized && (is_ecdsa ? ecdsa_verify(key, message, signature) : eddsa_verify(key, message, signature));
  if (!holds) return fail(Errc::unauthentic, reasons::kBadSignature);
  return {};
}

Result<Signature> sign_with_label(const SignatureKeyPair& key, std::string_view prefix,
                                  std::string_view label, ByteView content) {
  return sign(key, sign_content(prefix, label, content));
}

Status verify_with_label(const SignaturePublic& key, std::string_view prefix, std::string_view label,
                         ByteView content, ByteView signature) {
  return verify(key, sign_content(prefix, label, content), signature);
}

}  // namespace taut::crypto
