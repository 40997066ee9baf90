#include "crypto/aead.hpp"

#include <sodium.h>

#include "crypto/openssl.hpp"

namespace taut::crypto {
namespace {

struct Shape {
  const char* name;
  std::size_t key_bytes;
  std::size_t nonce_bytes;
};

const Shape& shape(AeadId id) {
  static constexpr Shape kAes128{"AES-128-GCM", 16, 12};
  static constexpr Shape kAes256{"AES-256-GCM", 32, 12};
  static constexpr Shape kChaCha{"ChaCha20-Poly1305", 32, 12};
  static constexpr Shape kXChaCha{nullptr, 32, 24};  // OpenSSL has none: libsodium
  switch (id) {
    case AeadId::aes128gcm:
      return kAes128;
    case AeadId::aes256gcm:
      return kAes256;
    case AeadId::chacha20poly1305:
      return kChaCha;
    case AeadId::xchacha20poly1305:
      return kXChaCha;
  }
  std::abort();
}

EVP_CIPHER* fetched(const Shape& of) {
  EVP_CIPHER* cipher = EVP_CIPHER_fetch(nullptr, of.name, nullptr);
  insist(cipher != nullptr);
  return cipher;
}

const EVP_CIPHER* fetched_cipher(AeadId id) {
  static const EVP_CIPHER* const kAes128 = fetched(shape(AeadId::aes128gcm));
  static const EVP_CIPHER* const kAes256 = fetched(shape(AeadId::aes256gcm));
  static const EVP_CIPHER* const kChaCha = fetched(shape(AeadId::chacha20poly1305));
  if (id == AeadId::aes128gcm) return kAes128;
  return id == AeadId::aes256gcm ? kAes256 : kChaCha;
}

/// EVP takes an int: longer texts go in pieces, each a multiple of every block size.
constexpr std::size_t kPieceBytes = std::size_t{1} << 30;

/// @param out  null for associated data
void pass(EVP_CIPHER_CTX* context, ByteView in, Byte* out) {
  for (int written = 0; !in.empty(); in = in.subspan(std::min(in.size(), kPieceBytes))) {
    const int size = static_cast<int>(std::min(in.size(), kPieceBytes));
    insist(EVP_CipherUpdate(context, out, &written, in.data(), size) == 1);
    if (out != nullptr) out += written;
  }
}

}  // namespace

std::size_t aead_key_size(AeadId id) { return shape(id).key_bytes; }
std::size_t aead_nonce_size(AeadId id) { return shape(id).nonce_bytes; }

struct Aead::State {
  AeadId id{};
  CipherContext context;  ///< keyed; only the nonce is set anew for each message
  Secret<struct XChaChaKeyTag, crypto_aead_xchacha20poly1305_ietf_KEYBYTES> sodium_key;

  void seal(ByteView nonce, ByteView aad, ByteView plaintext, MutableByteView out) const;
  bool open(ByteView nonce, ByteView aad, ByteView text, ByteView tag, MutableByteView out) const;
};

void Aead::State::seal(ByteView nonce, ByteView aad, ByteView plaintext, MutableByteView out) const {
  if (!context) {
    crypto_aead_xchacha20poly1305_ietf_encrypt(out.data(), nullptr, plaintext.data(), plaintext.size(),
                                               aad.data(), aad.size(), nullptr, nonce.data(),
                                               sodium_key.expose().data());
    return;
  }
  insist(EVP_EncryptInit_ex2(context.get(), nullptr, nullptr, nonce.data(), nullptr) == 1);
  pass(context.get(), aad, nullptr);
  pass(context.get(), plaintext, out.data());
  Byte* const tag = out.data() + plaintext.size();
  int none = 0;
  insist(EVP_EncryptFinal_ex(context.get(), tag, &none) == 1);
  insist(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kTagBytes, tag) == 1);
}

bool Aead::State::open(ByteView nonce, ByteView aad, ByteView text, ByteView tag, MutableByteView out) const {
  if (!context) {
    return crypto_aead_xchacha20poly1305_ietf_decrypt_detached(out.data(), nullptr, text.data(), text.size(),
                                                               tag.data(), aad.data(), aad.size(),
                                                               nonce.data(), sodium_key.expose().data()) == 0;
  }
  // OpenSSL takes a pointer to non-const, and only reads.
  Byte* const expected = const_cast<Byte*>(tag.data());  // NOLINT(cppcoreguidelines-pro-type-const-cast)
  insist(EVP_DecryptInit_ex2(context.get(), nullptr, nullptr, nonce.data(), nullptr) == 1);
  insist(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kTagBytes, expected) == 1);
  pass(context.get(), aad, nullptr);
  pass(context.get(), text, out.data());
  int none = 0;
  return EVP_DecryptFinal_ex(context.get(), out.data() + out.size(), &none) == 1;
}

Aead::Aead(std::unique_ptr<State> state) : state_(std::move(state)) {}
Aead::Aead(Aead&&) noexcept = default;
Aead& Aead::operator=(Aead&&) noexcept = default;
Aead::~Aead() = default;

Result<Aead> Aead::create(AeadId id, ByteView key) {
  if (key.size() != aead_key_size(id)) return fail(Errc::misuse, reasons::kBadKey);
  auto state = std::make_unique<State>();
  state->id = id;
  if (id == AeadId::xchacha20poly1305) {
    std::ranges::copy(key, state->sodium_key.fill().begin());
  } else {
    state->context.reset(EVP_CIPHER_CTX_new());
    insist(state->context &&
           EVP_EncryptInit_ex2(state->context.get(), fetched_cipher(id), key.data(), nullptr, nullptr) == 1);
  }
  return Aead(std::move(state));
}

void Aead::seal(ByteView nonce, ByteView aad, ByteView plaintext, MutableByteView out) const {
  insist(nonce.size() == aead_nonce_size(state_->id) && out.size() == plaintext.size() + kTagBytes);
  state_->seal(nonce, aad, plaintext, out);
}

Status Aead::open(ByteView nonce, ByteView aad, ByteView ciphertext, MutableByteView out) const {
  insist(nonce.size() == aead_nonce_size(state_->id));
  if (ciphertext.size() < kTagBytes) {
    wipe(out);
    return fail(Errc::unauthentic, reasons::kBadTag);
  }
  insist(out.size() == ciphertext.size() - kTagBytes);
  const ByteView text = ciphertext.first(out.size());
  if (!state_->open(nonce, aad, text, ciphertext.subspan(out.size()), out)) {
    wipe(out);
    return fail(Errc::unauthentic, reasons::kBadTag);
  }
  return {};
}

AeadId Aead::id() const { return state_->id; }

}  // namespace taut::crypto
