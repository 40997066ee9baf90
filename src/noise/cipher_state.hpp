#pragma once
// A key and its message counter. Noise rev 34 §5.1.

#include <optional>

#include "crypto/aead.hpp"

namespace taut::noise {

/// Longest Noise message (§3).
inline constexpr std::size_t kMessageBytesMax = 65535;
inline constexpr std::size_t kTagBytes = crypto::kTagBytes;
/// 2^64 - 1 serves REKEY alone (§4.2, §5.1).
inline constexpr std::uint64_t kNonceReserved = ~std::uint64_t{0};

using CipherKey = Secret<struct CipherKeyTag, 32>;

/// Without a key it passes bytes through, as the handshake needs it (§5.1). A state that was moved from
/// does neither: it refuses. The nonce is the state's own; no call takes one, save set_nonce for
/// datagrams. Nothing is allocated once the first message under a key went through.
class CipherState {
 public:
  explicit CipherState(crypto::AeadId cipher) : cipher_(cipher) {}
  CipherState(CipherState&& other) noexcept;
  CipherState& operator=(CipherState&& other) noexcept;
  ~CipherState() = default;
  /// For staging a handshake message. Two copies of a keyed state must never both encrypt.
  static CipherState copy_of(const CipherState& other);

  void initialize_key(CipherKey&& key);
  bool has_key() const { return condition_ == Condition::keyed; }
  std::uint64_t nonce() const { return nonce_; }
  /// Datagrams carry their nonce (§11.4). The caller sees to it that none is encrypted with twice.
  void set_nonce(std::uint64_t nonce) { nonce_ = nonce; }

  /// Bytes that encryption adds: a tag, or nothing without a key.
  std::size_t overhead() const { return has_key() ? kTagBytes : 0; }

  /// @param out  at least plaintext.size() + overhead(); may begin where the plaintext begins
  /// @return     bytes written
  /// @errors     exhausted (key_exhausted): 2^64 - 1 messages; misuse: sizes, moved from. The nonce stays.
  Result<std::size_t> encrypt_with_ad(ByteView ad, ByteView plaintext, MutableByteView out);

  /// @param out  at least ciphertext.size() - overhead(); may begin where the ciphertext begins
  /// @return     bytes written
  /// @errors     unauthentic (bad_tag), whatever was wrong with the bytes; exhausted; misuse. The nonce
  ///             stays; on bad_tag what was to be written is zeros.
  Result<std::size_t> decrypt_with_ad(ByteView ad, ByteView ciphertext, MutableByteView out);

  /// k = REKEY(k); the nonce goes on (§11.3).
  /// @errors misuse: no key
  Status rekey();

  /// Drops the cached cipher context of an idle state; the next message makes it anew.
  void drop_context() { context_.reset(); }

 private:
  enum class Condition : std::uint8_t { empty, keyed, moved_from };

  Status check_usable(std::size_t message_bytes) const;
  Status prepare_context();

  crypto::AeadId cipher_;
  Condition condition_ = Condition::empty;
  CipherKey key_;
  std::uint64_t nonce_ = 0;
  std::optional<crypto::Aead> context_;
};

}  // namespace taut::noise
