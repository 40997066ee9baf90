#pragma once
// The symmetric half of a handshake: chaining key, handshake hash and cipher. Noise rev 34 §5.2.

#include "noise/cipher_state.hpp"
#include "noise/protocol.hpp"

namespace taut::noise {

/// The chaining key: HASHLEN bytes.
using ChainingKey = crypto::DerivedKey;
using HandshakeHash = crypto::Digest;

class SymmetricState {
 public:
  /// InitializeSymmetric(protocol_name).
  explicit SymmetricState(const Protocol& protocol);
  SymmetricState(SymmetricState&&) noexcept = default;
  SymmetricState& operator=(SymmetricState&&) noexcept = default;
  static SymmetricState copy_of(const SymmetricState& other);

  Status mix_key(ByteView input_key_material);
  void mix_hash(ByteView data);
  /// @spec §9.1
  Status mix_key_and_hash(ByteView input_key_material);

  bool has_key() const { return cipher_state_.has_key(); }
  std::size_t overhead() const { return cipher_state_.overhead(); }
  /// Not secret; names the session once the handshake is complete (§11.2).
  const HandshakeHash& handshake_hash() const { return h_; }

  /// Shapes and errors as those of CipherState; on an error nothing was mixed.
  Result<std::size_t> encrypt_and_hash(ByteView plaintext, MutableByteView out);
  Result<std::size_t> decrypt_and_hash(ByteView ciphertext, MutableByteView out);

  struct Split {
    CipherState from_initiator;
    CipherState from_responder;
  };
  Result<Split> split() const;

 private:
  SymmetricState(crypto::HashId hash, crypto::AeadId cipher, ChainingKey ck, HandshakeHash h,
                 CipherState cipher_state);

  crypto::HashId hash_;
  crypto::AeadId cipher_;
  ChainingKey ck_;
  HandshakeHash h_;
  CipherState cipher_state_;
};

}  // namespace taut::noise
