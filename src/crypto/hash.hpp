#pragma once
// Hash, HMAC and HKDF over the algorithms of the suites and of Noise.

#include <memory>

#include "base/bounded_bytes.hpp"
#include "base/result.hpp"

namespace taut::crypto {

enum class HashId : std::uint8_t { sha256, sha384, sha512, blake2s, blake2b };

std::size_t hash_size(HashId id);
std::size_t hash_block_size(HashId id);

inline constexpr std::size_t kHashBytesMax = 64;
using Digest = BoundedBytes<kHashBytesMax>;
/// Output of HMAC and HKDF, where it is a key.
using DerivedKey = BoundedSecret<kHashBytesMax>;

/// Incremental hash. Copyable: a transcript may be forked (MLS tree and transcript hashes).
class Hash {
 public:
  explicit Hash(HashId id);
  Hash(const Hash&);
  Hash& operator=(const Hash&);
  Hash(Hash&&) noexcept;
  Hash& operator=(Hash&&) noexcept;
  ~Hash();

  Hash& update(ByteView bytes);
  /// The digest so far; ready for a new message afterwards.
  Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// One-shot, over the concatenation of the parts.
Digest hash(HashId id, std::initializer_list<ByteView> parts);

/// A keyed HMAC (RFC 2104) that may serve many messages; the key schedule runs once.
class Hmac {
 public:
  Hmac(HashId id, ByteView key);
  Hmac(Hmac&&) noexcept;
  Hmac& operator=(Hmac&&) noexcept;
  ~Hmac();

  Hmac& update(ByteView bytes);
  /// The tag; ready for a new message under the same key afterwards.
  DerivedKey finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

DerivedKey hmac(HashId id, ByteView key, std::initializer_list<ByteView> parts);

/// RFC 5869 §2.2. An empty salt stands for a string of zeros.
DerivedKey hkdf_extract(HashId id, ByteView salt, std::initializer_list<ByteView> key_material);

/// RFC 5869 §2.3: fills `out`.
/// @errors misuse: out.size() > 255 · hash_size
Status hkdf_expand(HashId id, ByteView pseudorandom_key, std::initializer_list<ByteView> info,
                   MutableByteView out);

}  // namespace taut::crypto
