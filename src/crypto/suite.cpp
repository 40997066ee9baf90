#include "crypto/suite.hpp"

#include <cstdlib>

namespace taut::crypto {
namespace {

constexpr std::array<Suite, 7> kSuites{{
    {SuiteId::x25519_aes128gcm_sha256_ed25519, DhId::x25519, AeadId::aes128gcm, HashId::sha256,
     SignatureId::ed25519},
    {SuiteId::p256_aes128gcm_sha256_p256, DhId::p256, AeadId::aes128gcm, HashId::sha256,
     SignatureId::ecdsa_p256_sha256},
    {SuiteId::x25519_chacha20poly1305_sha256_ed25519, DhId::x25519, AeadId::chacha20poly1305, HashId::sha256,
     SignatureId::ed25519},
    {SuiteId::x448_aes256gcm_sha512_ed448, DhId::x448, AeadId::aes256gcm, HashId::sha512, SignatureId::ed448},
    {SuiteId::p521_aes256gcm_sha512_p521, DhId::p521, AeadId::aes256gcm, HashId::sha512,
     SignatureId::ecdsa_p521_sha512},
    {SuiteId::x448_chacha20poly1305_sha512_ed448, DhId::x448, AeadId::chacha20poly1305, HashId::sha512,
     SignatureId::ed448},
    {SuiteId::p384_aes256gcm_sha384_p384, DhId::p384, AeadId::aes256gcm, HashId::sha384,
     SignatureId::ecdsa_p384_sha384},
}};

}  // namespace

std::span<const Suite> all_suites() { return kSuites; }

const Suite* find_suite(std::uint16_t number) {
  const auto found = std::ranges::find(kSuites, static_cast<SuiteId>(number), &Suite::id);
  return found == kSuites.end() ? nullptr : &*found;
}

const Suite& suite(SuiteId id) {
  const Suite* found = find_suite(static_cast<std::uint16_t>(id));
  if (found == nullptr) std::abort();  // a SuiteId that is none was cast from outside unchecked
  return *found;
}

}  // namespace taut::crypto
