#pragma once
// Hybrid public-key encryption, RFC 9180: to one key, without a session.

#include <optional>

#include "crypto/aead.hpp"
#include "crypto/dh.hpp"
#include "crypto/hash.hpp"

namespace taut::crypto::hpke {

/// KEM by group, KDF by hash, AEAD. The KEM's own KDF hash follows from the group (RFC 9180 §7.1).
struct Algorithms {
  DhId kem;
  HashId kdf;
  AeadId aead;
  bool export_only = false;  ///< AEAD id 0xffff
};

std::uint16_t kem_id(DhId kem);
std::uint16_t kdf_id(HashId kdf);

/// Encapsulated key: the ephemeral public key.
using Encapsulated = BoundedBytes<kDhPublicBytesMax>;

/// The two optional inputs that make base, psk, auth and auth_psk of the four modes.
struct Psk {
  ByteView psk;
  ByteView psk_id;
};

/// RFC 9180 §5.2: seals in order, the sequence number is its own nonce.
class Context {
 public:
  /// @errors exhausted: 2^64 - 1 messages (the nonce must not wrap); misuse: export-only
  Result<Bytes> seal(ByteView aad, ByteView plaintext);
  /// The sequence number moves only when the tag holds.
  Result<Bytes> open(ByteView aad, ByteView ciphertext);
  Result<SecretBytes> export_secret(ByteView exporter_context, std::size_t size) const;

 private:
  friend struct Setup;
  Context(Algorithms algorithms, std::optional<Aead> aead, BoundedBytes<24> base_nonce,
          DerivedKey exporter_secret);
  Algorithms algorithms_;
  std::optional<Aead> aead_;  // none: export-only
  BoundedBytes<24> base_nonce_;
  DerivedKey exporter_secret_;
  std::uint64_t sequence_ = 0;
};

struct SenderContext {
  Encapsulated enc;
  Context context;
};

struct Options {
  const Psk* psk = nullptr;                 ///< modes psk, auth_psk
  const DhKeyPair* sender_key = nullptr;    ///< modes auth, auth_psk, at the sender
  const DhPublic* sender_public = nullptr;  ///< the same, at the recipient
};

Result<SenderContext> setup_sender(const Algorithms& algorithms, const DhPublic& recipient, ByteView info,
                                   Random& random, const Options& options = {});
/// For vectors: the ephemeral key pair is given.
Result<SenderContext> setup_sender_with(const Algorithms& algorithms, const DhPublic& recipient,
                                        ByteView info, const DhKeyPair& ephemeral,
                                        const Options& options = {});
Result<Context> setup_recipient(const Algorithms& algorithms, ByteView enc, const DhKeyPair& recipient,
                                ByteView info, const Options& options = {});

/// Single shot, mode base (RFC 9180 §6.1).
struct Sealed {
  Encapsulated enc;
  Bytes ciphertext;
};
Result<Sealed> seal(const Algorithms& algorithms, const DhPublic& recipient, ByteView info, ByteView aad,
                    ByteView plaintext, Random& random);
Result<Bytes> open(const Algorithms& algorithms, ByteView enc, const DhKeyPair& recipient, ByteView info,
                   ByteView aad, ByteView ciphertext);

}  // namespace taut::crypto::hpke
