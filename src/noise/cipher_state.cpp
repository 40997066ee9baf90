#include "noise/cipher_state.hpp"

namespace taut::noise {
namespace {

/// n as the cipher wants it (§12.3, §12.4). XChaChaPoly, which the specification does not have, puts n at
/// the end as the vectors of others do.
struct Nonce {
  std::array<Byte, 24> bytes{};
  std::size_t size = 0;
  ByteView view() const { return ByteView(bytes).first(size); }
};

Nonce nonce_for(crypto::AeadId cipher, std::uint64_t n) {
  Nonce nonce;
  nonce.size = crypto::aead_nonce_size(cipher);
  const std::size_t start = nonce.size - 8;
  const bool is_big_endian = cipher == crypto::AeadId::aes256gcm;
  for (std::size_t i = 0; i < 8; ++i) {
    const std::size_t shift = 8 * (is_big_endian ? 7 - i : i);
    nonce.bytes[start + i] = static_cast<Byte>(n >> shift);
  }
  return nonce;
}

std::unexpected<Error> misuse() { return fail(Errc::misuse, reasons::kMisuse); }

}  // namespace

CipherState::CipherState(CipherState&& other) noexcept
    : cipher_(other.cipher_),
      condition_(std::exchange(other.condition_, Condition::moved_from)),
      key_(std::move(other.key_)),
      nonce_(other.nonce_),
      context_(std::exchange(other.context_, std::nullopt)) {}

CipherState& CipherState::operator=(CipherState&& other) noexcept {
  if (this == &other) return *this;
  cipher_ = other.cipher_;
  condition_ = std::exchange(other.condition_, Condition::moved_from);
  key_ = std::move(other.key_);
  nonce_ = other.nonce_;
  context_ = std::exchange(other.context_, std::nullopt);
  return *this;
}

CipherState CipherState::copy_of(const CipherState& other) {
  CipherState copy(other.cipher_);
  copy.condition_ = other.condition_;
  copy.key_ = CipherKey::copy_of(other.key_);
  copy.nonce_ = other.nonce_;
  return copy;
}

void CipherState::initialize_key(CipherKey&& key) {
  key_ = std::move(key);
  nonce_ = 0;
  condition_ = Condition::keyed;
  context_.reset();
}

Result<std::size_t> CipherState::encrypt_with_ad(ByteView ad, ByteView plaintext, MutableByteView out) {
  const std::size_t size = plaintext.size() + overhead();
  TAUT_CHECK(check_usable(size));
  if (out.size() < size) return misuse();
  if (!has_key()) {
    if (size != 0) std::memmove(out.data(), plaintext.data(), size);
    return size;
  }
  TAUT_CHECK(prepare_context());
  context_->seal(nonce_for(cipher_, nonce_).view(), ad, plaintext, out.first(size));
  ++nonce_;
  return size;
}

Result<std::size_t> CipherState::decrypt_with_ad(ByteView ad, ByteView ciphertext, MutableByteView out) {
  if (ciphertext.size() < overhead() || ciphertext.size() > kMessageBytesMax)
    return fail(Errc::unauthentic, reasons::kBadTag);
  TAUT_CHECK(check_usable(ciphertext.size()));
  const std::size_t size = ciphertext.size() - overhead();
  if (out.size() < size) return misuse();
  if (!has_key()) {
    if (size != 0) std::memmove(out.data(), ciphertext.data(), size);
    return size;
  }
  TAUT_CHECK(prepare_context());
  TAUT_CHECK(context_->open(nonce_for(cipher_, nonce_).view(), ad, ciphertext, out.first(size)));
  ++nonce_;  // only now: a forged message leaves it where it was (§5.1)
  return size;
}

// §4.2: the first 32 bytes of ENCRYPT(k, maxnonce, zerolen, zeros).
Status CipherState::rekey() {
  if (!has_key()) return misuse();
  TAUT_CHECK(prepare_context());
  constexpr std::array<Byte, CipherKey::size_bytes> kZeros{};
  Secret<struct RekeyOutputTag, CipherKey::size_bytes + kTagBytes> sealed;
  context_->seal(nonce_for(cipher_, kNonceReserved).view(), {}, kZeros, sealed.fill());
  key_ = CipherKey(sealed.expose().first<CipherKey::size_bytes>());
  context_.reset();
  return {};
}

Status CipherState::check_usable(std::size_t message_bytes) const {
  if (condition_ == Condition::moved_from) return misuse();
  if (message_bytes > kMessageBytesMax) return fail(Errc::misuse, reasons::kTooLarge);
  if (has_key() && nonce_ == kNonceReserved) return fail(Errc::exhausted, reasons::kKeyExhausted);
  return {};
}

Status CipherState::prepare_context() {
  if (context_) return {};
  TAUT_TRY(context_, crypto::Aead::create(cipher_, key_.expose()));
  return {};
}

}  // namespace taut::noise
