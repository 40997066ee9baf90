#pragma once
// Hybrid public-key encryption, RFC 9180: to one key, without a session.

#include <optional>

#include "crypto/aead.hpp"
#include "crypto/dh.hpp"
#include "crypto/hash.hpp"
#include "crypto/nonce_sequence.hpp"

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

/// A pre-shared key and its name: both or neither, and at least 32 bytes of key (RFC 9180 §5.1.2).
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
  /// RFC 9180 §5.3.
  /// @errors misuse: over 255 blocks of the KDF's hash
  Result<SecretBytes> export_secret(ByteView exporter_context, std::size_t size) const;

 private:
  friend struct Setup;
  Context(Algorithms algorithms, std::optional<Aead> aead, NonceSequence nonces, DerivedKey exporter_secret);
  Algorithms algorithms_;
  std::optional<Aead> aead_;  // none: export-only
  NonceSequence nonces_;
  DerivedKey exporter_secret_;
};

struct SenderContext {
  Encapsulated enc;
  Context context;
};

/// The optional inputs that make base, psk, auth and auth_psk of the four modes. An end that is given
/// the other end's option refuses (misuse): it must not fall back to a weaker mode.
struct Options {
  const Psk* psk = nullptr;                 ///< modes psk, auth_psk
  const DhKeyPair* sender_key = nullptr;    ///< modes auth, auth_psk, at the sender
  const DhPublic* sender_public = nullptr;  ///< the same, at the recipient
};

/// @errors malformed (bad_key): a key of low order; misuse: key of another group, psk, options, or an
///         algorithm without a number in RFC 9180 §7
Result<SenderContext> setup_sender(const Algorithms& algorithms, const DhPublic& recipient, ByteView info,
                                   Random& random, const Options& options = {});
/// For vectors: the ephemeral key pair is given.
Result<SenderContext> setup_sender_with(const Algorithms& algorithms, const DhPublic& recipient,
                                        ByteView info, const DhKeyPair& ephemeral,
                                        const Options& options = {});
/// @errors as above; malformed (bad_key) also where `enc` is no key of the group
Result<Context> setup_recipient(const Algorithms& algorithms, ByteView enc, const DhKeyPair& recipient,
                                ByteView info, const Options& options = {});

/// `info` for many recipients in mode base, hashed once: an `info` may be as long as a group's tree.
class SharedInfo {
 public:
  SharedInfo(const Algorithms& algorithms, ByteView info);

 private:
  friend struct Setup;
  Algorithms algorithms_;
  DerivedKey psk_id_hash_;
  DerivedKey info_hash_;
};

/// Single shot, mode base (RFC 9180 §6.1).
struct Sealed {
  Encapsulated enc;
  Bytes ciphertext;
};
/// The same, under an `info` that others are sealed under too.
Result<Sealed> seal(const SharedInfo& info, const DhPublic& recipient, ByteView aad, ByteView plaintext,
                    Random& random);
Result<Sealed> seal(const Algorithms& algorithms, const DhPublic& recipient, ByteView info, ByteView aad,
                    ByteView plaintext, Random& random);
/// @errors unauthentic (bad_tag), whatever was wrong with `enc` or the ciphertext; misuse as above
Result<Bytes> open(const Algorithms& algorithms, ByteView enc, const DhKeyPair& recipient, ByteView info,
                   ByteView aad, ByteView ciphertext);

}  // namespace taut::crypto::hpke
