#pragma once
// The table of cipher suites, numbered as in MLS (RFC 9420 §17.1). Open at the end: a hybrid
// post-quantum suite is one more row.

#include <optional>
#include <span>

#include "crypto/aead.hpp"
#include "crypto/dh.hpp"
#include "crypto/hash.hpp"
#include "crypto/signature.hpp"

namespace taut::crypto {

enum class SuiteId : std::uint16_t {
  x25519_aes128gcm_sha256_ed25519 = 0x0001,
  p256_aes128gcm_sha256_p256 = 0x0002,
  x25519_chacha20poly1305_sha256_ed25519 = 0x0003,
  x448_aes256gcm_sha512_ed448 = 0x0004,
  p521_aes256gcm_sha512_p521 = 0x0005,
  x448_chacha20poly1305_sha512_ed448 = 0x0006,
  p384_aes256gcm_sha384_p384 = 0x0007,
};

struct Suite {
  SuiteId id;
  DhId dh;  ///< of the suite's HPKE KEM; its KDF hash comes from the same row of RFC 9180
  AeadId aead;
  HashId hash;
  SignatureId signature;
};

std::span<const Suite> all_suites();
/// nullptr when the number is not in the table.
const Suite* find_suite(std::uint16_t number);
const Suite& suite(SuiteId id);

}  // namespace taut::crypto
