#include "crypto/passphrase.hpp"

#include <sodium.h>

namespace taut::crypto {

static_assert(PassphraseSalt::size_bytes == crypto_pwhash_argon2id_SALTBYTES);

Result<PassphraseKey> key_from_passphrase(ByteView passphrase, const PassphraseSalt& salt,
                                          const PassphraseCost& cost) {
  const auto within = [](std::uint32_t value, std::uint32_t lowest, std::uint32_t highest) {
    return lowest <= value && value <= highest;
  };
  const bool is_sane = within(cost.passes, kPassphraseCostMin.passes, kPassphraseCostMax.passes) &&
                       within(cost.memory_kib, kPassphraseCostMin.memory_kib, kPassphraseCostMax.memory_kib);
  if (!is_sane) return fail(Errc::misuse, reasons::kMisuse);
  PassphraseKey key;
  const std::string_view text = as_text(passphrase);
  if (crypto_pwhash_argon2id(key.fill().data(), PassphraseKey::size_bytes, text.data(), text.size(),
                             salt.view().data(), cost.passes, std::size_t{cost.memory_kib} * 1024,
                             crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0)
    return fail(Errc::exhausted, reasons::kQuota);
  return key;
}

}  // namespace taut::crypto
