#pragma once
// Authenticated encryption. These are the engines' tools: nonces are counters or derived values that
// the room above owns; nothing here picks or remembers one.

#include <memory>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace taut::crypto {

/// Numbers as in RFC 9180 §7.3. XChaCha has none there; it serves Noise test vectors only.
enum class AeadId : std::uint16_t {
  aes128gcm = 1,
  aes256gcm = 2,
  chacha20poly1305 = 3,
  xchacha20poly1305 = 0xff01
};

inline constexpr std::size_t kTagBytes = 16;
std::size_t aead_key_size(AeadId id);
std::size_t aead_nonce_size(AeadId id);  ///< 12; 24 for XChaCha

/// A keyed context: the key schedule runs once. Move-only; wiped when it goes.
/// `seal` and `open` use the context inside, const or not: one object serves one thread at a time.
class Aead {
 public:
  /// @errors misuse: key size
  static Result<Aead> create(AeadId id, ByteView key);
  Aead(Aead&&) noexcept;
  Aead& operator=(Aead&&) noexcept;
  ~Aead();

  /// @param out  plaintext.size() + kTagBytes bytes; may begin where the plaintext begins
  /// @pre   nonce.size() == aead_nonce_size(id)
  void seal(ByteView nonce, ByteView aad, ByteView plaintext, MutableByteView out) const;

  /// @param out  ciphertext.size() - kTagBytes bytes; may begin where the ciphertext begins;
  ///             zeroed when the tag does not hold
  /// @errors unauthentic (bad_tag), whatever was wrong
  Status open(ByteView nonce, ByteView aad, ByteView ciphertext, MutableByteView out) const;

  AeadId id() const;

 private:
  struct State;
  explicit Aead(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace taut::crypto
