#pragma once
// A key from what a person remembers: Argon2id version 1.3, one lane (RFC 9106).

#include "base/result.hpp"
#include "base/secret.hpp"

namespace taut::crypto {

using PassphraseSalt = Opaque<struct PassphraseSaltTag, 16>;
using PassphraseKey = Secret<struct PassphraseKeyTag, 32>;

/// What every guess costs.
struct PassphraseCost {
  std::uint32_t passes = 3;
  std::uint32_t memory_kib = 256 * 1024;
  friend bool operator==(const PassphraseCost&, const PassphraseCost&) = default;
};

/// A cost that came from outside is within these, or refused: a file must not eat the machine that reads it.
inline constexpr PassphraseCost kPassphraseCostMin{1, 8};
inline constexpr PassphraseCost kPassphraseCostMax{16, 1024 * 1024};

/// @errors misuse: a cost out of bounds; exhausted: not so much memory here
Result<PassphraseKey> key_from_passphrase(ByteView passphrase, const PassphraseSalt& salt,
                                          const PassphraseCost& cost);

}  // namespace taut::crypto
