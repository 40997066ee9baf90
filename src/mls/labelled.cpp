#include "mls/labelled.hpp"

#include <cassert>

#include "wire/writer.hpp"

namespace taut::mls {

namespace {

/// struct { uint16 length; opaque label<V>; … }: what stands before the context of a KDFLabel (§8).
/// Labels of the specification are short, so the header fits in place: nothing is allocated for a key.
class KdfLabelHead {
 public:
  KdfLabelHead(std::size_t length, std::string_view label, std::size_t context_size) {
    put(static_cast<Byte>(length >> 8));
    put(static_cast<Byte>(length));
    put_size(crypto::kMlsPrefix.size() + label.size());
    for (const char c : crypto::kMlsPrefix) put(static_cast<Byte>(c));
    for (const char c : label) put(static_cast<Byte>(c));
    put_size(context_size);
  }
  ByteView view() const { return ByteView(bytes_).first(size_); }

 private:
  void put(Byte byte) { bytes_[size_++] = byte; }
  void put_size(std::size_t size) {
    // RFC 9420 §2.1.2: 1, 2 or 4 bytes, the shortest that holds the size.
    const unsigned bytes = size < 1U << 6 ? 1 : size < 1U << 14 ? 2 : 4;
    const std::size_t prefix = bytes == 1 ? 0 : bytes == 2 ? 1U << 14 : std::size_t{1} << 31;
    for (unsigned shift = bytes; shift-- > 0;) put(static_cast<Byte>((prefix | size) >> 8 * shift));
  }

  std::array<Byte, kLabelBytesMax + 24> bytes_{};
  std::size_t size_ = 0;
};

Bytes encrypt_context(std::string_view label, ByteView context) {
  return wire::written([&](wire::Writer& out) {
    out.vector_size(crypto::kMlsPrefix.size() + label.size());
    out.raw(as_bytes(crypto::kMlsPrefix)).raw(as_bytes(label));
    out.vector(context);
  });
}

}  // namespace

void expand_with_label(const Suite& suite, ByteView secret, std::string_view label, ByteView context,
                       MutableByteView out) {
  assert(label.size() <= kLabelBytesMax);
  const KdfLabelHead head(out.size(), label, context.size());
  const Status status = crypto::hkdf_expand(suite.hash, secret, {head.view(), context}, out);
  assert(status);
  static_cast<void>(status);
}

KdfSecret expand_with_label(const Suite& suite, ByteView secret, std::string_view label, ByteView context) {
  KdfSecret out = KdfSecret::of_size(crypto::hash_size(suite.hash));
  expand_with_label(suite, secret, label, context, out.fill());
  return out;
}

KdfSecret derive_secret(const Suite& suite, ByteView secret, std::string_view label) {
  return expand_with_label(suite, secret, label, {});
}

void derive_tree_secret(const Suite& suite, ByteView secret, std::string_view label, std::uint32_t generation,
                        MutableByteView out) {
  const std::array<Byte, 4> context{static_cast<Byte>(generation >> 24), static_cast<Byte>(generation >> 16),
                                    static_cast<Byte>(generation >> 8), static_cast<Byte>(generation)};
  expand_with_label(suite, secret, label, context, out);
}

Digest ref_hash(const Suite& suite, std::string_view label, ByteView value) {
  const Bytes head = wire::written([&](wire::Writer& out) {
    out.vector(as_bytes(label));
    out.vector_size(value.size());
  });
  return crypto::hash(suite.hash, {head, value});
}

KeyPackageRef make_key_package_ref(const Suite& suite, ByteView key_package) {
  return {ref_hash(suite, "MLS 1.0 KeyPackage Reference", key_package)};
}

ProposalRef make_proposal_ref(const Suite& suite, ByteView content) {
  return {ref_hash(suite, "MLS 1.0 Proposal Reference", content)};
}

Result<crypto::Signature> sign_with_label(const crypto::SignatureKeyPair& key, std::string_view label,
                                          ByteView content) {
  return crypto::sign_with_label(key, crypto::kMlsPrefix, label, content);
}

Status verify_with_label(const crypto::SignaturePublic& key, std::string_view label, ByteView content,
                         ByteView signature) {
  return crypto::verify_with_label(key, crypto::kMlsPrefix, label, content, signature);
}

crypto::hpke::Algorithms hpke_algorithms(const Suite& suite) {
  return {.kem = suite.dh, .kdf = suite.hash, .aead = suite.aead};
}

Result<crypto::hpke::Sealed> encrypt_with_label(const Suite& suite, const crypto::DhPublic& public_key,
                                                std::string_view label, ByteView context, ByteView plaintext,
                                                Random& random) {
  return crypto::hpke::seal(hpke_algorithms(suite), public_key, encrypt_context(label, context), {},
                            plaintext, random);
}

crypto::hpke::SharedInfo shared_encrypt_context(const Suite& suite, std::string_view label,
                                                ByteView context) {
  return {hpke_algorithms(suite), encrypt_context(label, context)};
}

Result<SecretBytes> decrypt_with_label(const Suite& suite, const crypto::DhKeyPair& key,
                                       std::string_view label, ByteView context, ByteView kem_output,
                                       ByteView ciphertext) {
  auto opened = crypto::hpke::open(hpke_algorithms(suite), kem_output, key, encrypt_context(label, context),
                                   {}, ciphertext);
  // A kem_output off the curve and a tag that does not hold look the same from outside: no oracle.
  if (!opened) return fail(Errc::unauthentic, reasons::kBadTag);
  SecretBytes plaintext{ByteView(*opened)};
  wipe(*opened);
  return plaintext;
}

}  // namespace taut::mls
